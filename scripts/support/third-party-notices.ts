import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
}

/**
 * The licences of the packages that bundled modules come from, as they ask to be kept with copies of them.
 * @param modules paths of the modules @throws when a package comes without its licence
 */
export async function thirdPartyNotices(modules: readonly string[]): Promise<string> {
  const directories = new Set(modules.flatMap((module) => packageDirectoryOf(module) ?? []))
  const notices = await Promise.all([...directories].map(noticeOf))
  return [
    'The files beside this one contain parts of these packages, under the licences that follow.',
    ...notices.toSorted(),
  ].join(`\n\n${'-'.repeat(80)}\n\n`)
}

function packageDirectoryOf(module: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(module)?.[0]
}

async function noticeOf(directory: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Manifest
  const texts = await licenceTexts(directory)
  if (license === undefined || texts.length === 0) throw new Error(`${name} ${version} comes without its licence`)
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n')
}

/** Files of that name, or else the section of that name, which ends the README of some packages. */
async function licenceTexts(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).toSorted()
  const read = (wanted: RegExp): Promise<string[]> =>
    Promise.all(names.filter((name) => wanted.test(name)).map((name) => readFile(join(directory, name), 'utf8')))
  const files = await read(/^(licen[cs]e|copying|notice)/i)
  if (files.length > 0) return files
  return (await read(/^readme/i)).flatMap((text) => /^#+ *licen[cs]e *$.*/ims.exec(text)?.[0] ?? [])
}
