import type { EngineName } from '../../core/engine.ts'
import { targetName } from '../../engines/engine.ts'
import { readUnsettled } from '../../engines/postgres/placement.ts'
import type { Run } from '../migrate/run.ts'
import { placeCompanies } from './place-companies.ts'

/** Gives every company that lacks one its place in a store, as a step of a run. */
export async function placePending(run: Run, name: EngineName): Promise<void> {
  const { session, recorder, signal } = run
  const engine = session.stores.engines.find((store) => store.name === name)
  if (engine === undefined) return
  const companies = await readUnsettled(session.client, engine.name)
  if (companies.length === 0) return
  const started = performance.now()
  const targets = companies.length
  run.onEvent({ type: 'step-started', engine: name, direction: 'place', scope: 'tenant', migration: '', targets })
  let told = 0
  const result = await placeCompanies(session, engine, companies, {
    signal,
    onProgress({ done, failures }) {
      for (const { target, error } of failures.slice(told)) {
        const named = targetName('tenant', target, name)
        run.onEvent({ type: 'failure', target: named, migration: '', code: error.code, reason: error.message })
      }
      told = failures.length
      run.onEvent({ type: 'progress', done: done.length, failed: failures.length, targets })
    },
  })
  const durationMs = Math.round(performance.now() - started)
  recorder.add({ engine: name, direction: 'place', scope: 'tenant', migration: '', durationMs }, result)
}
