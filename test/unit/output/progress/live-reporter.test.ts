import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openReporter } from '../../../../src/output/progress/reporter.ts'
import { recordedOutput } from '../../recorded-output.ts'
import { fakeTerminal } from './fake-terminal.ts'
import { failure, stepDone, stepStarted } from './given-events.ts'

test('given a terminal, when a run is over at once, then there are its lines and nothing is drawn', async () => {
  const terminal = fakeTerminal(80, 24)
  const { output, stderr } = recordedOutput({ terminal })
  const { onEvent, close } = openReporter(output, {})
  onEvent(stepStarted(10))
  onEvent(stepDone())
  await close()
  await setTimeout(400)
  expect(stderr()).toEqual(['up       tenant 0007_add_x on 10 companies (1500 ms)'])
  expect(terminal.raw()).toBe('')
})

test('given a terminal, when a run takes longer, then failures are in the view, and finished steps are lines', async () => {
  const terminal = fakeTerminal(80, 24)
  const { output, stderr } = recordedOutput({ terminal })
  const { onEvent, close } = openReporter(output, {})
  onEvent(stepStarted(10))
  output.conceal('pass  word')
  onEvent(failure('company_xyz', 'the password is pass  word'))
  await expect.poll(() => terminal.raw(), { timeout: 10_000 }).toContain('failed company_xyz at 0007_add_x')
  expect(terminal.raw()).toContain('failed company_xyz at 0007_add_x: the password is [redacted] (DBS-1501)')
  onEvent(stepDone())
  await close()
  expect(stderr()).toEqual(['up       tenant 0007_add_x on 10 companies (1500 ms)'])
  expect(process.env.NODE_ENV).toBe('test')
})

test('with --json or --quiet nothing is drawn on it', () => {
  const terminal = fakeTerminal(80, 24)
  expect(recordedOutput({ terminal, json: true }).output.terminal).toBeUndefined()
  expect(recordedOutput({ terminal, quiet: true }).output.terminal).toBeUndefined()
  expect(recordedOutput({ terminal }).output.terminal).toBe(terminal)
})
