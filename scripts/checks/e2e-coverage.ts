import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { execa } from 'execa'
import ts from 'typescript'
import { registry } from '../../src/commands/registry.ts'
import { report } from '../support/problems.ts'
import { root } from '../support/repository.ts'

// A command counts as tested when a call in test/e2e is given an array that begins with its words, as runDbsvc(['tenant', 'list'])
// is; a flag, when it stands in such an array, or in a file that calls the command as an argument or at the head of an array that
// is handed on.

/** The words of an array, or the flags among the arguments of a call. */
interface Call {
  readonly file: string
  readonly words: readonly string[]
}

const folder = join(root, 'test', 'e2e')
const files = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'))
const calls = (await Promise.all(files.map(callsIn))).flat()

const missing: string[] = []
for (const { path, load } of registry) {
  const name = path.join(' ')
  const own = calls.filter(({ words }) => path.every((word, index) => plainWords(words)[index] === word))
  if (own.length === 0) missing.push(name)
  const callers = new Set(own.map(({ file }) => file))
  const handedOn = calls.filter(({ file, words }) => callers.has(file) && words[0]?.startsWith('--'))
  for (const flag of await flagsOf(path, load)) {
    if (![...own, ...handedOn].some(({ words }) => has(words, flag))) missing.push(`${name} ${flag}`)
  }
}
for (const flag of await globalFlags()) {
  if (!calls.some(({ words }) => has(words, flag))) missing.push(`dbsvc ${flag}`)
}
report(missing.map((line) => `no test in test/e2e calls: ${line}`))

async function callsIn(file: string): Promise<Call[]> {
  const found: Call[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node)) found.push({ file, words: stringsOf(node.elements) })
    if (ts.isCallExpression(node)) {
      const flags = stringsOf(node.arguments).filter((word) => word.startsWith('--'))
      if (flags.length > 0) found.push({ file, words: flags })
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, await readFile(join(folder, file), 'utf8'), ts.ScriptTarget.Latest))
  return found
}

function stringsOf(nodes: readonly ts.Expression[]): string[] {
  return nodes.flatMap((node) => (ts.isStringLiteralLike(node) ? [node.text] : []))
}

/** Without flags; a global flag may stand before the command. */
function plainWords(words: readonly string[]): string[] {
  return words.filter((word) => !word.startsWith('-'))
}

function has(words: readonly string[], flag: string): boolean {
  return words.some((word) => word === flag || word.startsWith(`${flag}=`))
}

async function flagsOf(path: readonly string[], load: (typeof registry)[number]['load']): Promise<string[]> {
  const command = new Command(path.at(-1))
  const { command: module } = await load()
  module.configure(command)
  return command.options.flatMap(({ long }) => long ?? [])
}

async function globalFlags(): Promise<string[]> {
  const { stdout } = await execa(process.execPath, [join(root, 'bin', 'dbsvc.js'), '--help'])
  return [...stdout.matchAll(/^ {2}-.*?(--[a-z-]+)/gm)].flatMap(([, flag]) => flag ?? [])
}
