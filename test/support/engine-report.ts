import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { alignColumns } from './align-columns.ts'
import { type EngineFinding, findEngines, installCommands } from './engine-findings.ts'

interface Counts {
  run: number
  skipped: number
}

/** Ends a run with a table of the engines that its results rest on, and of those that it had to do without. */
export class EngineReport implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    process.stderr.write(`\n${tableOf(await findEngines(), countByEngine(modules))}\n`)
  }
}

export function tableOf(engines: readonly EngineFinding[], counts: ReadonlyMap<string, Counts>): string {
  const rows = engines.map(({ name, version, kind }) => {
    const { run, skipped } = counts.get(name) ?? { run: 0, skipped: 0 }
    return [name, version ?? '-', kind, String(run), String(skipped)]
  })
  const lines = alignColumns([['engine', 'version', 'kind', 'tests run', 'skipped'], ...rows])
  const missing = engines
    .filter(({ kind }) => kind === 'missing')
    .map(({ name }) => `${name} is missing, so its tests were skipped. To install it: ${installCommands[name]}`)
  return [...lines, ...missing].join('\n')
}

function countByEngine(modules: readonly TestModule[]): Map<string, Counts> {
  const counts = new Map<string, Counts>()
  for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
    const engine = engineOf(test)
    if (engine === undefined) continue
    const count = counts.get(engine.name) ?? { run: 0, skipped: 0 }
    if (test.result().state === 'skipped') count.skipped += 1
    else count.run += 1
    counts.set(engine.name, count)
  }
  return counts
}

/** The suite's own word counts more than that of a helper which the test has used. */
function engineOf(test: TestCase): EngineFinding | undefined {
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) {
    const { engine } = parent.meta()
    if (engine !== undefined) return engine
  }
  return test.meta().engine
}
