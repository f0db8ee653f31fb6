// Refuses `npm pack` and `npm publish` in the folder of a package, because that would pack files that are not for
// users.
process.stderr.write(
  'Run "npm run release -- --build-only" in the root of the checkout. It packs this package as it is published.\n',
)
process.exitCode = 1
