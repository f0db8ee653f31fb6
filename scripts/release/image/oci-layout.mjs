// Writes an image as an OCI image layout in one tar file. It needs no daemon.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { tarOf } from './tar-file.mjs'

/** @typedef {import('./tar-file.mjs').TarEntry} TarEntry */

/**
 * @typedef {object} Image
 * @property {'amd64' | 'arm64'} architecture
 * @property {string} tag the name of the image, for programs that load the file
 * @property {string} created a time in ISO 8601
 * @property {readonly { does: string, entries: readonly TarEntry[] }[]} layers from the lowest to the highest
 * @property {Record<string, unknown>} config what a container is started with
 * @property {Readonly<Record<string, string>>} annotations
 */

/**
 * @param {Image} image
 * @returns {{ file: Buffer, digest: string }} the digest is that of the manifest, by which a registry knows the image
 */
export function ociLayout({ architecture, tag, created, layers, config, annotations }) {
  /** @type {TarEntry[]} */
  const blobs = []
  /** @param {string} mediaType @param {Buffer} content */
  const blob = (mediaType, content) => {
    const sum = sha256(content)
    blobs.push({ path: `blobs/sha256/${sum}`, kind: 'file', mode: 0o644, content })
    return { mediaType, digest: `sha256:${sum}`, size: content.length }
  }
  const tars = layers.map(({ entries }) => tarOf(entries))
  const packed = tars.map((tar) => blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar)))
  const document = {
    architecture,
    os: 'linux',
    created,
    config,
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => `sha256:${sha256(tar)}`) },
    history: layers.map(({ does }) => ({ created, created_by: does })),
  }
  const manifest = blob(
    'application/vnd.oci.image.manifest.v1+json',
    json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: blob('application/vnd.oci.image.config.v1+json', json(document)),
      layers: packed,
      annotations,
    }),
  )
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...manifest,
        platform: { architecture, os: 'linux' },
        annotations: {
          'org.opencontainers.image.ref.name': tag.slice(tag.indexOf(':') + 1),
          'io.containerd.image.name': tag,
        },
      },
    ],
  }
  const file = tarOf([
    { path: 'blobs', kind: 'folder', mode: 0o755 },
    { path: 'blobs/sha256', kind: 'folder', mode: 0o755 },
    ...blobs,
    { path: 'index.json', kind: 'file', mode: 0o644, content: json(index) },
    { path: 'oci-layout', kind: 'file', mode: 0o644, content: json({ imageLayoutVersion: '1.0.0' }) },
  ])
  return { file, digest: manifest.digest }
}

/** @param {Buffer} content */
const sha256 = (content) => createHash('sha256').update(content).digest('hex')

/** @param {unknown} value */
const json = (value) => Buffer.from(JSON.stringify(value))
