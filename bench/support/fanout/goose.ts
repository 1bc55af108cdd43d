import { execa } from 'execa'
import type { Database } from '../database.ts'
import { commandPeer } from './command-peer.ts'
import type { HandWritten } from './company-sql.ts'
import type { Contender } from './contender.ts'
import { peerTable, writePeerFolders } from './peer-files.ts'

/** goose ends a statement at a semicolon, so one that holds some is fenced. */
const render = (schema: string, protection: string): string =>
  protection === ''
    ? `-- +goose Up\n${schema}\n`
    : `-- +goose Up\n${schema}\n-- +goose StatementBegin\n${protection}-- +goose StatementEnd\n`

export async function goose(
  file: string,
  directory: string,
  database: Database,
  shipped: readonly HandWritten[],
): Promise<Contender> {
  const { stdout } = await execa(file, ['-version'])
  return commandPeer(database, {
    name: 'goose',
    description: `${stdout.replace('goose version: ', '')}, its command, one transaction per migration`,
    file,
    args: ['-table', peerTable, 'up'],
    folders: await writePeerFolders(directory, shipped, render),
    environment: (url, folder) => ({ GOOSE_DRIVER: 'postgres', GOOSE_DBSTRING: url, GOOSE_MIGRATION_DIR: folder }),
  })
}
