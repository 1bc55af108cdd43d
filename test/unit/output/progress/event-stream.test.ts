import { expect, test } from 'vitest'
import type { RunEvent } from '../../../../src/core/run/event.ts'
import { openReporter } from '../../../../src/output/progress/reporter.ts'
import { recordedOutput } from '../../recorded-output.ts'
import { blocked, failure, progress, stepDone, stepStarted } from './given-events.ts'

function given() {
  const recorded = recordedOutput({ json: true })
  const reporter = openReporter(recorded.output, {})
  const printed = (): Record<string, unknown>[] => recorded.stdout().map((line) => JSON.parse(line))
  return { ...recorded, ...reporter, printed }
}

test('an event is a document with the time it was told', () => {
  const { onEvent, pass, stdout } = given()
  pass(1234)
  onEvent(stepDone())
  expect(stdout()).toEqual([
    '{"schema":"dbsvc/event/1","at":"2030-01-01T00:00:01.234Z","type":"step","step":{"engine":"postgres","direction":"up","scope":"tenant","migration":"0007_add_x","targets":10,"failed":0,"durationMs":1500}}',
  ])
})

test('progress is told once a second, and the last of a step before the step', () => {
  const { onEvent, pass, printed } = given()
  onEvent(stepStarted(100))
  for (let done = 1; done <= 100; done += 1) {
    onEvent(progress(done, 100))
    if (done === 50) onEvent(failure('company_abc'))
    pass(25)
  }
  onEvent(stepDone({ targets: 100 }))
  expect(printed().map(({ type, done }) => (type === 'progress' ? done : type))).toEqual([
    'step-started',
    1,
    41,
    'failure',
    81,
    100,
    'step',
  ])
  const times = printed().map(({ at }) => String(at))
  expect(times).toEqual(times.toSorted())
})

test('progress without an end is told when the run is over', async () => {
  const { onEvent, pass, close, printed } = given()
  const events: readonly RunEvent[] = [stepStarted(3), progress(1, 3), progress(2, 3), progress(3, 3)]
  events.forEach(onEvent)
  pass(10)
  await close()
  expect(printed().map(({ type, done }) => done ?? type)).toEqual(['step-started', 1, 3])
})

test('without --json there are none', () => {
  const { output, stdout } = recordedOutput()
  openReporter(output, {}).onEvent(stepDone())
  expect(stdout()).toEqual([])
})

test('secrets are redacted, also where JSON writes them otherwise', () => {
  const { output, onEvent, printed } = given()
  output.conceal('a "quoted" one')
  output.conceal("bob's")
  onEvent(blocked(1, `alter role x password 'a "quoted" one'; -- bob's`))
  expect(printed()[0]).toMatchObject({
    type: 'blocked',
    blocker: { statement: "alter role x password '[redacted]'; -- [redacted]" },
  })
})
