import { beforeEach, describe, expect, test } from 'vitest'
import { openReporter, type Reporter } from '../../../../src/output/progress/reporter.ts'
import { type RecordedOutput, recordedOutput } from '../../recorded-output.ts'
import { blocked, failure, progress, retry, started, stepDone, stepStarted, waveStarted } from './given-events.ts'

describe('given no terminal', () => {
  let recorded: RecordedOutput
  let reporter: Reporter
  beforeEach(() => {
    recorded = recordedOutput()
    reporter = openReporter(recorded.output, {})
  })
  const tell = (...events: readonly Parameters<Reporter['onEvent']>[0][]): void => events.forEach(reporter.onEvent)

  test('a finished step is a line', () => {
    tell(stepDone({ targets: 1 }), stepDone({ targets: 12_000, failed: 3 }), stepDone({ scope: 'shared' }))
    expect(recorded.stderr()).toEqual([
      'up       tenant 0007_add_x on 1 company (1500 ms)',
      'up       tenant 0007_add_x on 12,000 companies, 3 failed (1500 ms)',
      'up       shared 0007_add_x (1500 ms)',
    ])
    expect(recorded.stdout()).toEqual([])
  })

  test('a step under way is at most a line a second, however many batches it has', () => {
    tell(stepStarted(10_000))
    for (let done = 20; done <= 10_000; done += 20) {
      recorded.pass(20)
      tell(progress(done, 10_000))
    }
    const lines = recorded.stderr()
    expect(lines).toHaveLength(9)
    expect(lines[3]).toBe('up       tenant 0007_add_x 4,000 of 10,000 companies, 1,000/s, about 6 s left')
  })

  test('a step that is over within a second is its last line only', () => {
    tell(stepStarted(10))
    recorded.pass(900)
    tell(progress(5, 10), progress(10, 10), stepDone())
    expect(recorded.stderr()).toEqual(['up       tenant 0007_add_x on 10 companies (1500 ms)'])
  })

  test('a slow step says how many failed, and its rate with a decimal', () => {
    tell(stepStarted(100))
    recorded.pass(4000)
    tell(progress(9, 100, 1))
    expect(recorded.stderr()).toEqual([
      'up       tenant 0007_add_x 10 of 100 companies, 1 failed, 2.5/s, about 36 s left',
    ])
  })

  test('companies being created are companies without a migration', () => {
    tell({
      type: 'step-started',
      engine: 'postgres',
      direction: 'create',
      scope: 'tenant',
      migration: '',
      targets: 100,
    })
    recorded.pass(2000)
    tell(progress(50, 100))
    expect(recorded.stderr()).toEqual(['create   tenant 50 of 100 companies, 25/s, about 2 s left'])
  })

  test('waves are told when there are several; a run of one wave is no wave', () => {
    const finished = { type: 'wave-finished', wave: 'canary', completed: 9, failed: 1, durationMs: 80 } as const
    tell(started(['canary', 10], ['others', 9990]), waveStarted('canary', 10), finished)
    expect(recorded.stderr()).toEqual([
      'waves    canary 10, others 9,990',
      'wave     canary on 10 companies',
      'wave     canary finished: 9 done, 1 failed (80 ms)',
    ])
    const other = recordedOutput()
    const events = [started(['canary', 10]), waveStarted('canary', 10), finished]
    events.forEach(openReporter(other.output, {}).onEvent)
    expect(other.stderr()).toEqual([])
  })

  test('a resumed run is named', () => {
    tell({ type: 'started', runId: '7', resumed: true, waves: [] })
    expect(recorded.stderr()).toEqual(['resumed  run 7'])
  })

  test('the first twenty failures are told as they come, the others counted with the step', async () => {
    for (let company = 1; company <= 25; company += 1) tell(failure(`company_${company}`))
    expect(recorded.stderr()).toHaveLength(20)
    expect(recorded.stderr()[0]).toBe('failed   company_1 at 0007_add_x: relation "x" does not exist (DBS-1501)')
    tell(stepDone({ failed: 25 }))
    expect(recorded.stderr().slice(20)).toEqual([
      'failed   5 more',
      'up       tenant 0007_add_x on 10 companies, 25 failed (1500 ms)',
    ])
    tell(failure('company_26'))
    await reporter.close()
    expect(recorded.stderr().at(-1)).toBe('failed   1 more')
  })

  test('blockers and retries are told, a line each whatever a statement has in it', () => {
    tell(blocked(4711, 'update orders\r\n  set amount = 0; -- \u001b[2J'), retry('a', 'b', 'c'))
    expect(recorded.stderr()).toEqual([
      'blocked  by pid 4711 (psql, user bob) on company_abc, open 2 min 5 s: update orders set amount = 0; -- [2J',
      'retry    a and 2 more in 250 ms, attempt 2: lock timeout',
    ])
  })

  test('a secret is redacted even where its blanks would be lost', () => {
    recorded.output.conceal('pass  word')
    tell(blocked(1, "alter role bob password 'pass  word'"))
    expect(recorded.stderr()[0]).toContain("alter role bob password '[redacted]'")
  })

  test('with --quiet only warnings are left', () => {
    const quiet = recordedOutput({ quiet: true })
    const { onEvent } = openReporter(quiet.output, {})
    onEvent(failure('a'))
    onEvent(stepDone())
    onEvent({ type: 'warning', text: 'mind the gap' })
    expect(quiet.stderr()).toEqual(['warning: mind the gap'])
  })
})
