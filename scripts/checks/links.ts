import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { anchorsOf, withoutCode } from '../support/markdown.ts'
import { report } from '../support/problems.ts'
import { root, textOf, trackedFiles } from '../support/repository.ts'

const pages = (await trackedFiles()).filter((path) => path.endsWith('.md'))
const problems = await Promise.all(pages.map(deadLinks))
report(problems.flat())

async function deadLinks(page: string): Promise<string[]> {
  const lines = withoutCode(await textOf(page)).split('\n')
  const dead: string[] = []
  for (const [index, line] of lines.entries()) {
    for (const [, target = ''] of line.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target) || (await leads(page, target))) continue
      dead.push(`${page}:${index + 1}: ${target} leads nowhere`)
    }
  }
  return dead
}

async function leads(page: string, target: string): Promise<boolean> {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? page : normalize(join(dirname(page), file))
  if (!existsSync(join(root, path))) return false
  return anchor === undefined || anchorsOf(await textOf(path)).has(anchor)
}
