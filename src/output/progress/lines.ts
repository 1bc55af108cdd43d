import { ofEngine } from '../../core/engine.ts'
import type { RunEvent, RunStep } from '../../core/run/event.ts'
import type { StepState } from './state.ts'
import { blockerOf, companies, count, duration, failureOf, oneLine, progressOf, retryOf } from './words.ts'

/** What is said about an event, if anything; progress is not an event to be told each time. `waves` is how many the run has. */
export function linesOf(event: RunEvent, waves: number): readonly string[] {
  switch (event.type) {
    case 'waiting':
      return [`waiting for ${oneLine(event.holder)}`]
    case 'started': {
      const names = event.waves.map(({ name, targets }) => `${name} ${count(targets)}`).join(', ')
      return [
        ...(event.resumed ? [`resumed  run ${event.runId}`] : []),
        // A run without a policy has one wave, which is the run itself.
        ...(waves > 1 ? [`waves    ${names}`] : []),
      ]
    }
    case 'wave-started':
      return waves > 1 ? [`wave     ${event.wave} on ${companies(event.targets)}`] : []
    case 'wave-finished': {
      const failures = event.failed === 0 ? '' : `, ${count(event.failed)} failed`
      const done = `${count(event.completed)} done${failures} (${event.durationMs} ms)`
      return waves > 1 ? [`wave     ${event.wave} finished: ${done}`] : []
    }
    case 'pause':
      return [`pause    ${duration(event.pauseMs)} after wave ${event.wave}`]
    case 'failure':
      return [`failed   ${failureOf(event)}`]
    case 'blocked':
      return [`blocked  ${blockerOf(event.blocker)}`]
    case 'retry':
      return [`retry    ${retryOf(event)}`]
    case 'step':
      return [stepLine(event.step)]
    case 'warning':
    case 'step-started':
    case 'progress':
      return []
  }
}

function stepLine(step: RunStep): string {
  const { direction, scope, targets, failed, durationMs } = step
  const failures = failed === 0 ? '' : `, ${failed} failed`
  const on = scope === 'tenant' ? ` on ${companies(targets)}` : ''
  return `${direction.padEnd(8)} ${stepName(step)}${on}${failures} (${durationMs} ms)`
}

/** Such as `up       tenant 0007_add_x 3,420 of 10,000 companies, 812/s, about 8 s left`. */
export function progressLine(step: StepState, now: number): string {
  return `${step.direction.padEnd(8)} ${stepName(step)} ${progressOf(step, now)}`
}

/** What the step does it to, such as `tenant 0007_add_x`; PostgreSQL goes without saying. */
export function stepName({ engine, scope, migration }: Pick<StepState, 'engine' | 'scope' | 'migration'>): string {
  return ofEngine(engine, migration === '' ? scope : `${scope} ${migration}`)
}
