import type { Session } from '../../app/session.ts'
import type { EngineName } from '../../core/engine.ts'
import type { ContextPool } from '../../engines/postgres/context/pool.ts'
import { ownVersion } from '../../own-version.ts'
import type { Logger } from '../log.ts'
import type { Observer } from '../observe/observer.ts'
import { watchIsolation } from './isolation.ts'
import { answers, type HealthReport, healthReport } from './report.ts'
import { watchResources } from './resources.ts'
import { subjectsOf } from './subjects.ts'
import { watch } from './watch.ts'

/** What the service knows of itself and of its engines, kept up in the background: asking is free and never waits. */
export interface Health {
  report(): HealthReport
  /** Whether each configured engine answered the last look; null before the first. */
  engines(): ReadonlyMap<EngineName, boolean | null>
  /** As last probed; null where that is not known. */
  isolated(): boolean | null
  /** Whether requests can be served; null when they can, else why not. */
  unreadiness(): string | null
  /** From now on no new requests are wanted. */
  stopping(): void
  close(): Promise<void>
}

export function openHealth(session: Session, pool: ContextPool, observer: Observer, log: Logger): Health {
  const { server } = session.loaded.config
  const watches = new Map([...subjectsOf(session)].map(([name, open]) => [name, watch(open, server.health)] as const))
  const isolation = watchIsolation(session, pool, {
    intervalMs: server.health.isolationMs,
    onHole: (way) => log.fatal({ way }, 'companies are not isolated'),
  })
  const resources = watchResources(session.loaded.root, server.health.intervalMs)
  const version = ownVersion()
  const startedAt = performance.now()
  let isStopping = false
  return {
    report: () =>
      healthReport(
        {
          version,
          uptimeMs: performance.now() - startedAt,
          minute: observer.minute(),
          resources: resources.last(),
          engines: new Map([...watches].map(([name, { ping, vitals }]) => [name, { ping: ping(), vitals: vitals() }])),
          isolation: isolation.last(),
          isolationWanted: server.health.isolationMs > 0,
          multi: observer.multiDatabase(),
          graphMs: observer.graphMs(),
        },
        Date.now(),
      ),
    engines: () => new Map([...watches].map(([name, { ping }]) => [name, answers(ping())])),
    isolated() {
      const { status } = isolation.last()
      return status === 'unknown' ? null : status === 'healthy'
    },
    unreadiness() {
      if (isStopping) return 'stopping'
      const ping = watches.get('postgres')?.ping()
      if (ping?.state === 'ok') return null
      return ping?.state === 'failed' ? 'PostgreSQL does not answer' : 'starting'
    },
    stopping() {
      isStopping = true
    },
    async close() {
      resources.stop()
      for (const one of watches.values()) one.stop()
      await isolation.stop()
    },
  }
}
