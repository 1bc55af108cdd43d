import { describe, expect, test } from 'vitest'
import type { MigrationFile } from '../../../../src/core/migration/file.ts'
import { type Back, retreatOf } from '../../../../src/core/migration/undo.ts'

const names = ['0001_a', '0002_b', '0003_c', '0004_d', '0005_e']

const files = names.map(
  (name): MigrationFile => ({ scope: 'tenant', name, version: name.slice(0, 4), path: `${name}.sql`, checksum: name }),
)

const folders = { shared: [], tenant: files }

/** What is left for a company with so many migrations, of which the run has undone these before. */
const down = (back: Back, applied: number, ...undone: string[]) =>
  retreatOf(folders, { scope: 'tenant', back, again: false }, applied, new Set(undone))

const redo = (applied: number, ...undone: string[]) =>
  retreatOf(folders, { scope: 'tenant', back: { steps: 1 }, again: true }, applied, new Set(undone))

describe('given a new run down', () => {
  test('by steps, so many are undone', () => {
    expect(down({ steps: 2 }, 5)).toEqual({ applied: 5, keep: 3, end: 3 })
  })

  test('with fewer than that, all are', () => {
    expect(down({ steps: 9 }, 2)).toEqual({ applied: 2, keep: 0, end: 0 })
  })

  test.each([
    ['0002', 2],
    ['2', 2],
    ['0002_b', 2],
    ['0', 0],
    ['0000', 0],
  ])('to %s, those up to there stay', (to, keep) => {
    expect(down({ to }, 4)).toEqual({ applied: 4, keep, end: keep })
  })

  test('a company that has nothing to undo is left alone', () => {
    expect(down({ steps: 1 }, 0)).toBeUndefined()
    expect(down({ to: '0' }, 0)).toBeUndefined()
    expect(down({ to: '0003' }, 3)).toBeUndefined()
    expect(down({ to: '0003' }, 1)).toBeUndefined()
  })

  test('a version that no migration has is refused', () => {
    expect(() => down({ to: '0009' }, 4)).toThrow(expect.objectContaining({ code: 'DBS-1305' }))
  })
})

describe('given a run down that is gone on with', () => {
  test('what it has undone counts as done', () => {
    expect(down({ steps: 3 }, 4, '0005_e')).toEqual({ applied: 4, keep: 2, end: 2 })
    expect(down({ to: '0002' }, 4, '0005_e')).toEqual({ applied: 4, keep: 2, end: 2 })
  })

  test('a company that came all the way is left alone', () => {
    expect(down({ steps: 2 }, 3, '0005_e', '0004_d')).toBeUndefined()
    expect(down({ to: '0003' }, 3, '0005_e', '0004_d')).toBeUndefined()
    expect(down({ to: '0' }, 0, ...names)).toBeUndefined()
  })

  test('a company that another run has taken further down is left there', () => {
    expect(down({ to: '0004' }, 2, '0005_e')).toBeUndefined()
    expect(down({ steps: 1 }, 2, '0005_e')).toBeUndefined()
    expect(down({ to: '0003' }, 1, '0004_d')).toBeUndefined()
  })
})

describe('given a redo', () => {
  test('the last one is undone and applied again', () => {
    expect(redo(5)).toEqual({ applied: 5, keep: 4, end: 5 })
    expect(redo(1)).toEqual({ applied: 1, keep: 0, end: 1 })
  })

  test('a company without migrations has nothing to do again', () => {
    expect(redo(0)).toBeUndefined()
  })

  test('gone on with, what was undone is applied, and nothing more is undone', () => {
    expect(redo(4, '0005_e')).toEqual({ applied: 4, keep: 4, end: 5 })
    expect(redo(0, '0001_a')).toEqual({ applied: 0, keep: 0, end: 1 })
  })

  test('gone on with, a company that has it again is left alone', () => {
    expect(redo(5, '0005_e')).toBeUndefined()
    expect(redo(3, '0003_c')).toBeUndefined()
  })
})
