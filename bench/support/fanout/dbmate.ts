import { execa } from 'execa'
import type { Database } from '../database.ts'
import { commandPeer } from './command-peer.ts'
import type { HandWritten } from './company-sql.ts'
import type { Contender } from './contender.ts'
import { peerTable, writePeerFolders } from './peer-files.ts'

const render = (schema: string, protection: string): string =>
  `-- migrate:up\n${schema}\n${protection}\n-- migrate:down\n`

export async function dbmate(
  file: string,
  directory: string,
  database: Database,
  shipped: readonly HandWritten[],
): Promise<Contender> {
  const { stdout } = await execa(file, ['--version'])
  return commandPeer(database, {
    name: 'dbmate',
    description: `${stdout.replace('dbmate version ', '')}, its command, no schema file, one transaction per migration`,
    file,
    args: ['--migrations-table', peerTable, '--no-dump-schema', 'migrate'],
    folders: await writePeerFolders(directory, shipped, render),
    environment: (url, folder) => ({ DATABASE_URL: url, DBMATE_MIGRATIONS_DIR: folder }),
  })
}
