// Opens the listeners of the agent: Unix sockets that no other user can open, and ports on loopback.
import { once } from 'node:events'
import { chmodSync, lstatSync, rmSync, statSync } from 'node:fs'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { dirname } from 'node:path'
import { makeFolder } from '../make-folder.ts'

/**
 * Listens on a Unix socket. Makes its folder with mode 0700 if the folder is missing. Throws an Error that says what to
 * do if the folder cannot be made, if other users can enter it, or if another agent uses the path.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  const folder = dirname(path)
  makeFolder(folder)
  const { mode, uid } = statSync(folder)
  if ((mode & 0o077) !== 0) {
    throw new Error(`other users can enter ${folder} and use the agent: make the folder private with chmod 700`)
  }
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Error(`${folder} belongs to another user, who could replace the socket: choose another folder`)
  }
  if (await somebodyListens(path)) throw new Error(`another agent runs on ${path}: stop it, or choose another path`)
  removeSocket(path)
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, 0o600)
}

/**
 * Removes a socket that a killed agent left behind. Throws if the path is not a socket, because it may be a file of the
 * user.
 */
function removeSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error(`${path} exists and is not a socket: remove it, or choose another path`)
  rmSync(path)
}

export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function somebodyListens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // No agent listens: the path does not exist, or it is the socket of a killed agent.
    socket.once('error', () => {
      resolve(false)
    })
  })
}
