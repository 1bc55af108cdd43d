import type { Alteration } from '../../../support/alterations.ts'
import type { TestRouter } from '../../../support/router.ts'

/** Starts a router for each list of alterations, once. */
export function alteredRouters(start: (alterations: readonly Alteration[]) => Promise<TestRouter>) {
  const started = new Map<readonly Alteration[], Promise<TestRouter>>()
  return (alterations: readonly Alteration[]): Promise<TestRouter> => {
    const router = started.get(alterations) ?? start(alterations)
    started.set(alterations, router)
    return router
  }
}
