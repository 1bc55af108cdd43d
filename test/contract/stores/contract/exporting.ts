import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { uniqueName } from '../../../support/unique-name.ts'
import { temporaryFolder } from '../../../unit/temporary-folder.ts'
import type { StoreContext } from '../context.ts'
import { limits, writeAs } from '../harness.ts'

async function exportInto(context: StoreContext, company: string): Promise<{ names: string[]; text: string }> {
  const directory = join((await temporaryFolder()).path, 'export')
  await mkdir(directory)
  const files = await context.store.exportCompany(company, directory)
  const names = files.map(({ file }) => file).sort()
  expect((await readdir(directory, { recursive: true })).filter((name) => names.includes(name)).sort()).toEqual(names)
  for (const { file, bytes } of files) expect((await stat(join(directory, file))).size).toBe(bytes)
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')))
  return { names, text: texts.join('\n') }
}

export function exporting(context: StoreContext): void {
  describe('facts and export', () => {
    test('what a company has is counted', async () => {
      const { store, server } = context
      const company = uniqueName('counted')
      await store.provision([{ company, limits }])
      const before = await store.readFacts(company)
      await writeAs(server, company, 'one')
      await writeAs(server, company, 'two')
      const after = await store.readFacts(company)
      expect(after.place).not.toBe('')
      expect(after.itemKind).not.toBe('')
      if (before.items !== null && after.items !== null) expect(after.items).toBeGreaterThan(before.items)
      if (before.sizeBytes !== null && after.sizeBytes !== null) {
        expect(after.sizeBytes).toBeGreaterThanOrEqual(before.sizeBytes)
      }
      for (const { lastActivityAt } of [before, after]) {
        if (lastActivityAt !== null) expect(new Date(lastActivityAt).toISOString()).toBe(lastActivityAt)
      }
    })

    test('the export has what the company wrote, and nothing of another one', async () => {
      const { store, server } = context
      const [company, other] = [uniqueName('exported'), uniqueName('stays')]
      await store.provision([
        { company, limits },
        { company: other, limits },
      ])
      await writeAs(server, company, 'words-of-the-company')
      await writeAs(server, other, 'words-of-the-other')
      const { text, names } = await exportInto(context, company)
      expect(names).not.toEqual([])
      expect(text).toContain('words-of-the-company')
      expect(text).not.toContain('words-of-the-other')
    })

    test('a company that has nothing can be exported', async () => {
      const company = uniqueName('empty')
      await context.store.provision([{ company, limits }])
      const { text } = await exportInto(context, company)
      expect(text).not.toContain('words-of')
    })
  })
}
