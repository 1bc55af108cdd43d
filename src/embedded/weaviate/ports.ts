import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { findFreePort, host } from '../postgres/port.ts'

/** Everything that one Weaviate listens on. */
export interface WeaviatePorts {
  readonly http: number
  readonly grpc: number
  readonly gossip: number
  readonly data: number
  readonly raft: number
  readonly raftInternal: number
}

const count = 6

/** Six ports in a row: those of the last start, kept in `<home>/ports`, while all of them are free, else others. */
export async function choosePorts(home: string): Promise<WeaviatePorts> {
  const file = join(home, 'ports')
  const last = Number(await readFile(file, 'utf8').catch(() => '0'))
  const first = isPort(last) && (await areFree(last)) ? last : await findFreeRow()
  await writeFile(file, `${first}\n`)
  // Weaviate looks for its second port of either kind right behind the first one.
  const [http, grpc, gossip, data, raft, raftInternal] = [0, 1, 2, 3, 4, 5].map((offset) => first + offset) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return { http, grpc, gossip, data, raft, raftInternal }
}

const isPort = (first: number): boolean => Number.isInteger(first) && first >= 1024 && first + count <= 65_536

async function findFreeRow(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const first = await findFreePort()
    if (isPort(first) && (await areFree(first))) return first
  }
  throw new Error(`no ${count} ports of ${host} in a row are free`)
}

async function areFree(first: number): Promise<boolean> {
  const row = Array.from({ length: count }, (_, offset) => isFree(first + offset))
  return (await Promise.all(row)).every(Boolean)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen({ port, host, exclusive: true })
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
