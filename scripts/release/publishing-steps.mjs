// The commands with which a maintainer publishes the files of a release.

/**
 * @param {string} version
 * @param {readonly string[]} files relative to dist/
 * @param {{ isTagged: boolean }} state whether the tag exists
 * @returns {string[]} lines of text
 */
export function publishingSteps(version, files, { isTagged }) {
  const below = (/** @type {string} */ folder) => files.filter((file) => file.startsWith(`${folder}/`))
  const images = below('image').filter((file) => file.endsWith('.oci.tar'))
  const attached = [...below('bin'), ...below('deb'), ...below('npm'), 'SHA256SUMS']
  return [
    '',
    isTagged
      ? `The tag v${version} is made. Nothing is signed or published.`
      : 'Nothing is tagged, signed or published.',
    'To publish, in this order:',
    '',
    ...(isTagged ? [] : [`  npm run release -- ${version}`]),
    `  git push origin v${version}`,
    ...below('npm').map((file) => `  npm publish dist/${file}`),
    ...images.map((file) => {
      const architecture = /latchkey-(\w+)\.oci\.tar$/.exec(file)?.[1] ?? ''
      return `  skopeo copy oci-archive:dist/${file} docker://REGISTRY/latchkey:${version}-${architecture}`
    }),
    '',
    `Attach to the release on the forge: ${attached.map((file) => `dist/${file}`).join(' ')}`,
    ...(files.some((file) => file.startsWith('site/'))
      ? ['Copy to the web server of the documentation: dist/site/']
      : []),
  ]
}
