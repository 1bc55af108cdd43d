import { spawnSync } from 'node:child_process'

// Runs inside the process that is looked at, before anything else.
const recorder = `
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
  process.on('exit', () => process.stderr.write(loaded.join('\\n')))
`

/** URLs of the modules that a program of Node loads, in order. */
export function loadedModules(args: readonly string[]): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(recorder)}`
  const { stderr } = spawnSync(process.execPath, ['--import', hook, ...args], { encoding: 'utf8' })
  return stderr.split('\n')
}
