import { setTimeout as sleep } from 'node:timers/promises'
import { isToStop, type Wave } from '../../core/migration/waves.ts'
import type { Run } from './run.ts'

/** A wave as the work on it sees it. */
export interface WaveUnderWay {
  readonly targets: readonly string[]
  /** Workers of each engine at most. */
  readonly connections: number | undefined
  /** Whether so many failures of a step, on top of the wave's, end the run. */
  readonly stop: (failures: number) => boolean
}

/** Takes the waves one after the other, with what lies between them. */
export async function runWaves(
  run: Run,
  waves: readonly Wave[],
  work: (wave: WaveUnderWay) => Promise<void>,
): Promise<void> {
  for (const [index, { policy, companies }] of waves.entries()) {
    if (run.signal.aborted) return
    const { name, connections, pauseMs = 0, approval = false, stopAfter = {} } = policy
    const started = performance.now()
    const failuresBefore = run.recorder.failures.length
    const failed = (): number => run.recorder.failures.length - failuresBefore
    const stop = (failures: number): boolean => isToStop(stopAfter, failed() + failures, companies.size)
    run.onEvent({ type: 'wave-started', wave: name, targets: companies.size })
    await run.hooks.run('beforeWave', { wave: name })
    await work({
      targets: [...companies],
      connections,
      stop,
    })
    const completed = [...companies].filter((company) => run.recorder.hasDone(company)).length
    const durationMs = Math.round(performance.now() - started)
    run.onEvent({ type: 'wave-finished', wave: name, completed, failed: failed(), durationMs })
    await run.hooks.run('afterWave', { wave: name, completed, failed: failed() })
    if (stop(0)) return run.endAfter(name, 'stopped')
    if (index === waves.length - 1) return
    if (approval) return run.endAfter(name, 'paused')
    if (pauseMs > 0) await pause(run, name, pauseMs)
  }
}

async function pause(run: Run, wave: string, pauseMs: number): Promise<void> {
  run.onEvent({ type: 'pause', wave, pauseMs })
  await sleep(pauseMs, undefined, { signal: run.signal }).catch(() => {})
}
