import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Binary } from '../binary.ts'
import type { Database } from '../database.ts'
import type { BenchmarkServer } from '../server.ts'
import { readHandWritten } from './company-sql.ts'
import type { Contender } from './contender.ts'
import { dbmate } from './dbmate.ts'
import { dbsvc, setUp } from './dbsvc.ts'
import { floor } from './floor.ts'
import { goose } from './goose.ts'
import { nodePgMigrate } from './node-pg-migrate.ts'

export interface Contenders {
  readonly dbsvc: Contender
  /** What dbsvc is compared with, by the name that a ratio to it has in the document. */
  readonly others: Others
  /** Peers that are not here, and how to get them. */
  readonly skipped: Readonly<Record<string, string>>
}

/** `peer_without_row_security` makes tables alone: less work, for comparison. */
export type Others = Readonly<
  Record<'floor' | 'peer' | 'peer_without_row_security', Contender> & Record<string, Contender>
>

const installable = { goose, dbmate }
const engines = fileURLToPath(new URL('../../../.engines', import.meta.url))

/** Sets a database up for each. */
export async function prepareContenders(
  binary: Binary,
  directory: string,
  server: BenchmarkServer,
): Promise<Contenders> {
  const shipped = await readHandWritten()
  const database = async (name: string): Promise<Database> => {
    const made = await server.createDatabase(name)
    await setUp(binary, directory, made)
    return made
  }
  const runner = async (name: string, protections: boolean): Promise<Contender> =>
    nodePgMigrate(join(directory, name), await database(name), shipped, { protections })

  const installed: Record<string, Contender> = {}
  const skipped: Record<string, string> = {}
  for (const [name, prepare] of Object.entries(installable)) {
    if (existsSync(join(engines, name, '.installed'))) {
      const file = join(engines, name, name)
      installed[name] = await prepare(file, join(directory, name), await database(name), shipped)
    } else {
      skipped[name] = `not installed: scripts/engines ${name}`
    }
  }
  return {
    dbsvc: await dbsvc(binary, directory, await database('dbsvc')),
    others: {
      floor: floor(await database('floor'), shipped),
      peer: await runner('peer', true),
      peer_without_row_security: await runner('peer_without_row_security', false),
      ...installed,
    },
    skipped,
  }
}
