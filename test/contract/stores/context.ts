import { afterAll, beforeAll } from 'vitest'
import type { Store } from '../../../src/engines/store.ts'
import { connectStore, type StoreHarness, type StoreUnderTest } from './harness.ts'

/** What every test of a store works with; there from the first test on. */
export interface StoreContext {
  readonly server: StoreUnderTest
  readonly store: Store
  /** Connections more, closed at the end. */
  readonly connect: () => Promise<Store>
}

/** Opens the store for the tests of the enclosing `describe`. */
export function useStore({ engine, open }: StoreHarness): StoreContext {
  const opened: Store[] = []
  let server: StoreUnderTest | undefined
  const connect = async (): Promise<Store> => {
    if (server === undefined) throw new Error('the server is opened before the first test')
    const store = await connectStore(engine, server.config)
    opened.push(store)
    return store
  }
  beforeAll(async () => {
    server = await open()
    await connect()
  })
  afterAll(async () => {
    await Promise.all(opened.map((store) => store.close()))
  })
  return {
    get server() {
      if (server === undefined) throw new Error('the server is opened before the first test')
      return server
    },
    get store() {
      const [store] = opened
      if (store === undefined) throw new Error('the store is connected before the first test')
      return store
    },
    connect,
  }
}
