import { readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { isLoopback } from '../connection.ts'

/** The file system of the server that has the least room. */
export interface FreeDisk {
  readonly directory: string
  readonly freeBytes: number
  readonly totalBytes: number
}

export interface DiskState {
  readonly databaseBytes: number
  /** Null where it cannot be seen from here, for the reason given. */
  readonly free: FreeDisk | null
  readonly reason: string
}

/** The size of the database, and the room on the server's disk where the server runs on this machine. */
export async function readFreeDisk(client: pg.Client, host: string): Promise<DiskState> {
  const { rows } = await client.query<{ bytes: number; directory: string | null; startedAt: number }>(
    `select pg_database_size(current_database())::float8 as bytes,
       (select setting from pg_settings where name = 'data_directory') as directory,
       floor(extract(epoch from pg_postmaster_start_time()))::float8 as "startedAt"`,
  )
  const { bytes: databaseBytes = 0, directory = null, startedAt = 0 } = rows[0] ?? {}
  const unknown = (reason: string): DiskState => ({ databaseBytes, free: null, reason })
  if (!isLoopback(host)) return unknown('the server is another machine')
  if (directory === null) return unknown('only a superuser may know where the data is')
  if (!(await isOwnData(directory, startedAt))) return unknown(`${directory} is not to be seen from here`)
  const places = await Promise.all([directory, join(directory, 'pg_wal')].map(freeOn))
  const [fullest] = places.toSorted((a, b) => a.freeBytes / a.totalBytes - b.freeBytes / b.totalBytes)
  return { databaseBytes, free: fullest ?? null, reason: '' }
}

/** Whether the folder is that of the server and not of another one, such as where a container's port is forwarded to here. */
async function isOwnData(directory: string, startedAt: number): Promise<boolean> {
  const pidFile = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '')
  const [, , started = ''] = pidFile.split('\n')
  return Math.abs(Number(started) - startedAt) <= 2
}

async function freeOn(directory: string): Promise<FreeDisk> {
  const { bavail, blocks, bsize } = await statfs(directory)
  return { directory, freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
