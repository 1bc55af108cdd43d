// Imported before dbsvc itself by a process that runs it altered; see alterations.ts.
import { registerHooks } from 'node:module'
import type { Alteration } from './alterations.ts'

const alterations = JSON.parse(process.env.DBSVC_TEST_ALTERATIONS ?? '[]') as readonly Alteration[]

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const wanted = alterations.filter(({ file }) => url.endsWith(`/src/${file}`))
    return wanted.length === 0 ? loaded : { ...loaded, source: wanted.reduce(alter, String(loaded.source)) }
  },
})

function alter(source: string, { file, from, to }: Alteration): string {
  if (!source.includes(from)) throw new Error(`${file} has no ${from}`)
  return source.replace(from, () => to)
}
