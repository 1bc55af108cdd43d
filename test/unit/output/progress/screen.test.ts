import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { rowsOf } from '../../../../src/output/progress/rows.ts'
import { openScreen, type Screen } from '../../../../src/output/progress/screen.ts'
import type { RunState } from '../../../../src/output/progress/state.ts'
import { type FakeTerminal, fakeTerminal } from './fake-terminal.ts'
import { blocked, failure, progress, retry, started, stateAfter, stepStarted, waveStarted } from './given-events.ts'

const hideCursor = '\u001b[?25l'
const eraseLine = '\u001b[2K'
const showCursor = '\u001b[?25h'

/** Everything that a live view can show, in more waves than a screen has lines. */
const busy = stateAfter([
  [0, started(['canary', 10], ...Array.from({ length: 30 }, (_, index) => [`wave ${index}`, 300] as const))],
  [0, waveStarted('canary', 10)],
  [0, { type: 'wave-finished', wave: 'canary', completed: 9, failed: 1, durationMs: 5 }],
  [0, waveStarted('wave 0', 300)],
  [0, stepStarted(300)],
  [100, blocked(4711)],
  [200, failure('company_abc')],
  [300, failure('company_xyz', 'a reason\nof two lines')],
  [400, retry('company_a', 'company_b')],
  [2000, progress(100, 300, 2)],
])

const show = (terminal: FakeTerminal, state: RunState, now = 2000): Screen =>
  openScreen(terminal, (columns) => rowsOf(state, now, columns))

const linesOf = (frame = ''): string[] => frame.replace(/\n$/, '').split('\n')

describe.each([
  [200, 60],
  [80, 24],
  [40, 5],
  [20, 3],
  [20, 2],
  [1, 1],
])('given a terminal of %i columns and %i rows', (columns, rows) => {
  test('the view leaves a line for the cursor and wraps nowhere', async () => {
    const terminal = fakeTerminal(columns, rows)
    const screen = show(terminal, busy)
    const frame = linesOf(terminal.writes().at(-1))
    await screen.close()
    expect(frame.length).toBeLessThanOrEqual(Math.max(1, rows - 1))
    for (const line of frame) expect(line.length).toBeLessThanOrEqual(columns)
  })
})

test('on 80x24 it shows waves, step, blocker, retry and failures', async () => {
  const terminal = fakeTerminal(80, 24)
  const screen = show(terminal, busy)
  const frame = linesOf(terminal.writes().at(-1))
  await screen.close()
  expect(frame).toHaveLength(23)
  expect(frame.slice(0, 3)).toEqual([
    'canary  ███████████████████████████▒▒▒ 9 done, 1 failed, 10 in all',
    'wave 0  █████████▒░░░░░░░░░░░░░░░░░░░░ 100 done, 2 failed, 300 in all',
    'wave 1  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 0 done, 0 failed, 300 in all',
  ])
  expect(frame.slice(-6)).toEqual([
    'up tenant 0007_add_x, 2 s',
    '████████▒░░░░░░░░░░░░░░░░░░ 102 of 300 companies, 2 failed, 51/s, about 4 s left',
    'blocked by pid 4711 (psql, user bob) on company_abc, open 2 min 5 s, seen 2 s a…',
    'retry 1: company_a and 1 more in 250 ms, attempt 2: lock timeout',
    'failed company_abc at 0007_add_x: relation "x" does not exist (DBS-1501)',
    'failed company_xyz at 0007_add_x: a reason of two lines (DBS-1501)',
  ])
})

test('on a tiny screen the step under way is what is left', async () => {
  const terminal = fakeTerminal(40, 3)
  const screen = show(terminal, busy)
  const frame = linesOf(terminal.writes().at(-1))
  await screen.close()
  expect(frame).toEqual(['up tenant 0007_add_x, 2 s', '102 of 300 companies, 2 failed, 51/s, a…'])
})

test('while a lock is waited for it says so, and for how long', async () => {
  const terminal = fakeTerminal(80, 24)
  const screen = show(terminal, stateAfter([[0, { type: 'waiting', holder: 'migrate up by bob' }]]), 65_000)
  const frame = linesOf(terminal.writes().at(-1))
  await screen.close()
  expect(frame).toEqual(['waiting for migrate up by bob', '1 min 5 s, 0 steps done'])
})

test('when the terminal shrinks, then no frame is drawn that does not fit', async () => {
  const terminal = fakeTerminal(120, 40)
  const screen = show(terminal, busy)
  const before = terminal.writes().length
  terminal.resize(30, 6)
  await setTimeout(100)
  const frames = terminal.writes().slice(before).map(linesOf)
  await screen.close()
  expect(frames.length).toBeGreaterThan(0)
  for (const frame of frames) {
    expect(frame.length).toBeLessThanOrEqual(5)
    for (const line of frame) expect(line.length).toBeLessThanOrEqual(30)
  }
})

test('lines go above it, and when it is closed it is gone and the cursor is back', async () => {
  const terminal = fakeTerminal(80, 24)
  const screen = show(terminal, stateAfter([[0, stepStarted(10)]]))
  screen.above(() => terminal.write('a line that stays\n'))
  await setTimeout(50)
  await screen.close()
  terminal.write('after it\n')
  const raw = terminal.raw()
  expect(raw.indexOf(hideCursor)).toBeLessThan(raw.indexOf('a line that stays'))
  // Drawn once more below the line, then erased before the cursor is shown.
  expect(raw.lastIndexOf('up tenant 0007_add_x')).toBeGreaterThan(raw.indexOf('a line that stays'))
  const end = raw.slice(raw.lastIndexOf('up tenant 0007_add_x'))
  const [erased, shown, after] = [eraseLine, showCursor, 'after it'].map((text) => end.indexOf(text))
  expect(erased).toBeGreaterThan(0)
  expect(shown).toBeGreaterThan(erased ?? 0)
  expect(after).toBeGreaterThan(shown ?? 0)
  expect(terminal.listenerCount('resize')).toBe(0)
})
