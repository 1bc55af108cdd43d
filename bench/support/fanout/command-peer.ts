import { execa } from 'execa'
import type { Database } from '../database.ts'
import { placeSql } from './company-sql.ts'
import type { Contender } from './contender.ts'
import { overConnections } from './over-connections.ts'
import type { PeerFolders } from './peer-files.ts'

const shape = { connections: 4, batchSize: 1 }
const share = 0.1

/** A program that migrates one schema of a database per process. */
export interface PeerCommand {
  readonly name: string
  /** Its version, and what is particular to it. */
  readonly description: string
  readonly file: string
  readonly args: readonly string[]
  readonly folders: PeerFolders
  /** Its settings for the migrations in a folder. */
  environment(url: string, folder: string): Readonly<Record<string, string>>
}

/** Four processes at once. The schema, which no such program makes with its grants, comes from connections that are kept. */
export function commandPeer(database: Database, command: PeerCommand): Contender {
  const { name, file, args, folders } = command
  const migrate = (companies: readonly string[], folder: string, prepare: (company: string) => string): Promise<void> =>
    overConnections(database, shape, companies, async (client, [company = '']) => {
      await client.query(`set role dbsvc_owner; ${prepare(company)}`)
      const env = { ...command.environment(urlOf(database, company), folder), HOME: process.env.HOME ?? '' }
      await execa(file, args, { cwd: folder, env, extendEnv: false })
    })
  return {
    name,
    description: `${command.description}, 4 processes at once, one per company, row security written into the files, ${share} of the companies`,
    database,
    share,
    provision: (companies) => migrate(companies, folders.before, placeSql),
    rollOut: (companies) => migrate(companies, folders.after, () => ''),
  }
}

/** The session is in the company's schema, and its owner, from the start. */
function urlOf({ host, port, user, password, database }: Database, company: string): string {
  const url = new URL(`postgres://${host}:${port}/${database}`)
  url.username = user
  url.password = password
  url.search = String(
    new URLSearchParams({ sslmode: 'disable', search_path: `tenant_${company}`, role: 'dbsvc_owner' }),
  )
  return url.href
}
