import type { Client } from 'pg'
import { inject } from 'vitest'
import type { Alteration } from '../../../support/alterations.ts'
import type { TestDatabase } from '../../../support/database.ts'
import { runDbsvc } from '../../../support/dbsvc.ts'
import { createProject, type TestProject } from '../../../support/project.ts'
import { startRouter, type TestRouter } from '../../../support/router.ts'
import { guard, type Mechanism } from './mechanism.ts'
import type { Scene } from './scene.ts'

interface Copy {
  readonly database: TestDatabase
  /** The superuser's. */
  readonly admin: Client
  readonly project: TestProject
}

/** A router on a throw-away copy of the scene. */
export interface Place extends Copy {
  readonly router: TestRouter
}

const withoutGuard: Alteration = {
  file: 'server/guard/open-guard.ts',
  from: 'judge(text, allowed, company) {',
  to: 'judge(text, allowed, company) { return { verb: allowed, reads: [], writes: [], cacheable: false }',
}

/** Routers that have every mechanism, or lack some; each is started when it is first asked for. */
export class RouterCopies {
  readonly #scene: Scene
  readonly #port: number
  readonly #copies = new Map<Mechanism | null, Promise<Copy>>()
  readonly #places = new Map<Promise<Copy>, Map<boolean, Promise<Place>>>()

  /** @param port of the scene's server */
  constructor(scene: Scene, port: number) {
    this.#scene = scene
    this.#port = port
  }

  whole(): Promise<Place> {
    return this.#placeOn(this.#copy({}), true)
  }

  /** The guard is left out of the router; the others are still to be switched off. Those that are put back share a copy. */
  without(mechanisms: readonly Mechanism[]): Promise<Place> {
    const lasting = mechanisms.find(({ on }) => on === undefined) ?? null
    // Objects that an attempt may make then are the shared role's, and a router that comes later would not serve with such a role.
    const copy = this.#copies.get(lasting) ?? this.#copy({ allowExcessRights: true })
    this.#copies.set(lasting, copy)
    return this.#placeOn(copy, !mechanisms.includes(guard))
  }

  async close(): Promise<void> {
    for (const [copy, routers] of this.#places) {
      for (const place of routers.values()) await (await place).router.stop()
      await (await copy).admin.end()
    }
  }

  #placeOn(copy: Promise<Copy>, guarded: boolean): Promise<Place> {
    const routers = this.#places.get(copy) ?? new Map<boolean, Promise<Place>>()
    this.#places.set(copy, routers)
    const place = routers.get(guarded) ?? this.#start(copy, guarded)
    routers.set(guarded, place)
    return place
  }

  async #copy(server: { readonly allowExcessRights?: true }): Promise<Copy> {
    const database = await this.#scene.copy()
    const directory = `${inject('runDirectory')}/secrets-${this.#port}`
    const project = await createProject({ database, config: { secrets: { directory }, server } })
    const admin = await database.connect()
    await admin.query('analyze')
    return { database, admin, project }
  }

  async #start(copy: Promise<Copy>, guarded: boolean): Promise<Place> {
    const { project, ...place } = await copy
    const dbsvc = async (...args: readonly string[]) => runDbsvc(args, { cwd: project.directory })
    const router = await startRouter({ dbsvc, project }, { alterations: guarded ? [] : [withoutGuard] })
    return { ...place, project, router }
  }
}
