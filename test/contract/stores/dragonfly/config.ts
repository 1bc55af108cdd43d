import type { Config } from '../../../../src/config/schema.ts'
import { dragonfly } from '../../../../src/engines/dragonfly/engine.ts'
import type { Store } from '../../../../src/engines/store.ts'
import type { TestValkey } from '../../../support/valkey.ts'
import { configOf, connectStore } from '../harness.ts'

export interface DragonflySettings {
  readonly url: string
  readonly user: string
  readonly password?: string
}

/** The settings that reach this server, password included; at another port, where something stands before it. */
export function settingsOf(server: TestValkey, port?: number): DragonflySettings {
  const url = new URL(server.url)
  return {
    url: `redis://${url.hostname}:${port ?? url.port}`,
    user: decodeURIComponent(url.username) || 'default',
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  }
}

export const configFor = (server: TestValkey, port?: number): Config =>
  configOf({ dragonfly: settingsOf(server, port) })

export const connectDragonfly = (server: TestValkey, port?: number): Promise<Store> =>
  connectStore(dragonfly, configFor(server, port))
