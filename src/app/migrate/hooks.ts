import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config } from '../../config/schema.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import type { RunEvent } from '../../core/run/event.ts'
import type { Session } from '../session.ts'

type Hooks = Config['migrations']['hooks']
type Hook = Hooks['beforeRun'][number]
export type HookName = keyof Hooks

/** What a hook is told: a module as its argument, a command as JSON on stdin and as `DBSVC_HOOK_…` in its environment. */
export interface HookEvent {
  readonly hook: HookName
  readonly runId: string
  readonly command: string
  readonly place: string
  readonly wave?: string
  readonly company?: string
  readonly migration?: string
  readonly direction?: 'up' | 'down'
  /** How the run or the wave ended. */
  readonly outcome?: string
  readonly completed?: number
  readonly failed?: number
}

/** Runs the configured hooks of a run. */
export class HookRunner {
  readonly #session: Session
  readonly #runId: string
  readonly #onEvent: (event: RunEvent) => void

  constructor(session: Session, runId: string, onEvent: (event: RunEvent) => void) {
    this.#session = session
    this.#runId = runId
    this.#onEvent = onEvent
  }

  has(name: HookName): boolean {
    return this.#session.loaded.config.migrations.hooks[name].length > 0
  }

  /** Runs the hooks of a name, one after the other. @throws DBS-1508 when one fails that is to stop what it stands before or after */
  async run(name: HookName, facts: Omit<HookEvent, 'hook' | 'runId' | 'command' | 'place'> = {}): Promise<void> {
    const { loaded, command, place } = this.#session
    for (const hook of loaded.config.migrations.hooks[name]) {
      const event = { hook: name, runId: this.#runId, command, place, ...facts }
      try {
        await call(hook, event, loaded.root)
      } catch (error) {
        const failure = DbsvcError.of(
          'DBS-1508',
          { hook: name, target: facts.company ?? facts.wave ?? null, reason: reasonOf(error) },
          error,
        )
        if (hook.onFailure === 'stop') throw failure
        this.#onEvent({ type: 'warning', text: failure.message })
      }
    }
  }
}

async function call({ command, module, timeoutMs }: Hook, event: HookEvent, root: string): Promise<void> {
  if (command !== undefined) return runCommand(command, event, root, timeoutMs)
  const path = resolve(root, module ?? '')
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${path} took longer than ${timeoutMs} ms`)), timeoutMs)
  })
  await Promise.race([callModule(path, event), late]).finally(() => clearTimeout(timer))
}

/** Async, so that what the module throws at once is a rejection too. */
async function callModule(path: string, event: HookEvent): Promise<void> {
  const { default: handle } = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  if (typeof handle !== 'function') throw new TypeError(`${path} has no function as its default export`)
  await handle(event)
}

async function runCommand(
  command: string | readonly string[],
  event: HookEvent,
  cwd: string,
  timeout: number,
): Promise<void> {
  const { execa } = await import('execa')
  const env = Object.fromEntries(Object.entries(event).map(([key, value]) => [variableOf(key), String(value)]))
  const options = {
    cwd,
    env,
    input: JSON.stringify(event),
    timeout,
    preferLocal: true,
    reject: false,
    all: true,
  } as const
  const [file = '', ...args] = typeof command === 'string' ? [command] : command
  const running = typeof command === 'string' ? execa(file, { ...options, shell: true }) : execa(file, args, options)
  // What a shell has begun may outlive it, and would be waited for as long as it keeps the output open.
  const timer = setTimeout(() => {
    running.stdout.destroy()
    running.stderr.destroy()
  }, timeout)
  const result = await running.finally(() => clearTimeout(timer))
  if (!result.failed) return
  const said = result.all.trim().slice(-500)
  throw new Error(said === '' ? result.shortMessage : `${result.shortMessage}: ${said}`)
}

/** `runId` is DBSVC_HOOK_RUN_ID; the hook's own name is DBSVC_HOOK. */
function variableOf(key: string): string {
  return key === 'hook' ? 'DBSVC_HOOK' : `DBSVC_HOOK_${key.replace(/[A-Z]/g, '_$&').toUpperCase()}`
}
