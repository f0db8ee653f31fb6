// The bill of materials of an image in CycloneDX: the npm packages, Node and the Debian packages.
import { createHash } from 'node:crypto'
import { npmSbom } from './npm-files.mjs'

/**
 * Makes the bill of materials. `npm sbom` gives each document a random number and the current time. Here both are
 * derived from the content and the commit, so that the same commit gives the same bytes.
 * @param {object} facts
 * @param {string} facts.serverFolder the installed server
 * @param {import('./debian-libraries.mjs').Architecture} facts.architecture
 * @param {readonly import('./debian-libraries.mjs').DebianPackage[]} facts.debian
 * @param {string} facts.node the version of Node
 * @param {string} facts.version the version of Latchkey
 * @param {string} facts.created a time in ISO 8601
 * @returns {string}
 */
export function imageSbom({ serverFolder, architecture, debian, node, version, created }) {
  const { components = [], metadata = {}, ...document } = npmSbom(serverFolder)
  delete document['serialNumber']
  const described = {
    ...document,
    metadata: { ...metadata, timestamp: created },
    components: [
      ...components,
      { 'bom-ref': `node@${node}`, type: 'platform', name: 'node', version: node, purl: `pkg:generic/node@${node}` },
      ...debian.map((each) => debianComponent(each, architecture)),
    ],
  }
  const sum = createHash('sha256').update(JSON.stringify(described)).update(version).digest('hex')
  // CycloneDX demands the form of a random UUID (RFC 9562 §5.4).
  const serialNumber = `urn:uuid:${sum.slice(0, 8)}-${sum.slice(8, 12)}-4${sum.slice(13, 16)}-8${sum.slice(17, 20)}-${sum.slice(20, 32)}`
  return `${JSON.stringify({ serialNumber, ...described }, undefined, 2)}\n`
}

/** @param {import('./debian-libraries.mjs').DebianPackage} debian @param {string} architecture */
const debianComponent = ({ name, version, sha256 }, architecture) => ({
  'bom-ref': `${name}@${version}`,
  type: 'library',
  name,
  version,
  purl: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`,
  hashes: [{ alg: 'SHA-256', content: sha256 }],
})
