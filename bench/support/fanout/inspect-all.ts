import { type Built, inspectBuilt } from './catalog.ts'
import { shareOf } from './contender.ts'
import type { Contenders } from './contenders.ts'

/** Reads back what each has built of `companies`. @throws when one did not build its share, or not the same as the floor */
export async function inspectAll({ dbsvc, others }: Contenders, companies: readonly string[][]): Promise<Built> {
  const wanted = await inspectBuilt(others.floor.database)
  for (const contender of [dbsvc, ...Object.values(others)]) {
    const found = await inspectBuilt(contender.database)
    const protection = contender === others.peer_without_row_security ? found.protection : wanted.protection
    const given = companies.reduce((sum, names) => sum + shareOf(contender, names).length, 0)
    if (JSON.stringify(found) !== JSON.stringify({ companies: given, schema: wanted.schema, protection })) {
      throw new Error(
        `${contender.name} built ${JSON.stringify(found)} of ${given} companies, the floor ${JSON.stringify(wanted)}`,
      )
    }
  }
  return wanted
}
