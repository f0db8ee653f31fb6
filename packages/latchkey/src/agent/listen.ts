// Where the agent listens: on Unix sockets that only their owner can open, and on loopback, nowhere else.
import { once } from 'node:events'
import { chmodSync, lstatSync, rmSync, statSync } from 'node:fs'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { dirname } from 'node:path'
import { makeFolder } from '../make-folder.ts'

/** The folder is made with mode 0700; one that others can enter is refused. Throws Error with a cure. */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  const folder = dirname(path)
  makeFolder(folder)
  const { mode, uid } = statSync(folder)
  if ((mode & 0o077) !== 0) {
    throw new Error(`others can enter ${folder}, and with it use the agent: make it private with chmod 700`)
  }
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Error(`${folder} belongs to another user, who could put a socket of their own there: choose another`)
  }
  if (await somebodyListens(path)) throw new Error(`an agent is running on ${path} already`)
  removeSocket(path)
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, 0o600)
}

/** One that a killed agent left behind; whatever else stands there is somebody's file. */
function removeSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error(`${path} is there and is no socket: remove it, or choose another path`)
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
    // Not there, or left over from one that was killed.
    socket.once('error', () => {
      resolve(false)
    })
  })
}
