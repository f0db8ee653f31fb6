// Refuses `npm pack` and `npm publish` in a package's own folder: what they take along is not what users need.
process.stderr.write(
  'Run "npm run release -- --build-only" in the root of the checkout. It packs this package as it is published.\n',
)
process.exitCode = 1
