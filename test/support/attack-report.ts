import type { Reporter, TestModule } from 'vitest/node'
import type { Attempts } from '../attack/corpus/runner/tally.ts'
import { alignColumns } from './align-columns.ts'

/** What an engine of the table is not. */
const limits: Readonly<Record<string, string>> = {
  chdb: 'chdb is ClickHouse as a library, without users of companies: what a server would refuse them was not tried.',
  'arango stand-in': 'arango stand-in is no ArangoDB, but a program of this repository that answers in its place.',
}

/** Ends a run of the attacks with a table of what the corpus has tried. */
export class AttackReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const attempts = tests.flatMap((test) => test.meta().attempts ?? [])
    if (attempts.length > 0) process.stderr.write(`\n${attackTable(attempts)}\n`)
  }
}

export function attackTable(attempts: readonly Attempts[]): string {
  const rows = addUp(attempts, ({ family, engine }) => `${family}\n${engine}`).toSorted(byName)
  const inAll = addUp(attempts, () => '').map((row) => ({ ...row, family: 'in all', engine: '' }))
  const table = [...rows, ...inAll].map((row) => [row.family, row.engine, String(row.tried), String(row.defeated)])
  const engines = new Set(rows.map(({ engine }) => engine))
  return [
    ...alignColumns([['family', 'engine', 'tried', 'defeated'], ...table]),
    'Defeated is what was refused, and succeeded with what holds it removed.',
    ...Object.entries(limits).flatMap(([engine, limit]) => (engines.has(engine) ? [limit] : [])),
  ].join('\n')
}

const byName = (one: Attempts, other: Attempts): number =>
  one.family.localeCompare(other.family) || one.engine.localeCompare(other.engine)

function addUp(attempts: readonly Attempts[], keyOf: (attempts: Attempts) => string): Attempts[] {
  const sums = new Map<string, Attempts>()
  for (const each of attempts) {
    const { tried, defeated } = sums.get(keyOf(each)) ?? { tried: 0, defeated: 0 }
    sums.set(keyOf(each), { ...each, tried: tried + each.tried, defeated: defeated + each.defeated })
  }
  return [...sums.values()]
}
