import type { LoadedConfig } from '../../config/load.ts'
import { storeEngines } from '../../engines/registry.ts'
import type { Store, StoreEngine, StoreName } from '../../engines/store.ts'
import type { Project } from '../project.ts'
import { companyPasswords } from './company-passwords.ts'

/** The stores that a configuration names; each is connected to when it is first asked for, and once. */
export class StoreSet {
  /** In the order they are set up. */
  readonly engines: readonly StoreEngine[]
  readonly #loaded: LoadedConfig
  readonly #project: Project
  readonly #application: string
  readonly #opened = new Map<StoreName, Promise<Store>>()

  constructor(loaded: LoadedConfig, project: Project, command: string) {
    this.engines = storeEngines.filter((engine) => engine.placeIn(loaded.config) !== null)
    this.#loaded = loaded
    this.#project = project
    this.#application = `dbsvc ${command}`
  }

  /** @throws DBS-1101, DBS-1102, DBS-1103, DBS-1106; asked again it tries again */
  open(engine: StoreEngine): Promise<Store> {
    const opened = this.#opened.get(engine.name)
    if (opened !== undefined) return opened
    const opening = engine.connect({
      config: this.#loaded.config,
      application: this.#application,
      passwordOf: companyPasswords(this.#project.secretStore, engine.name),
    })
    this.#opened.set(engine.name, opening)
    opening.catch(() => this.#opened.delete(engine.name))
    return opening
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values())
    this.#opened.clear()
    await Promise.all(
      opened.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.close().catch(() => {}) : undefined)),
    )
  }
}
