import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { withContextPool } from '../app/company/context-pool.ts'
import { asRouter } from '../app/log-in-as.ts'
import { type Session, withSession } from '../app/session.ts'
import type { LoadedConfig } from '../config/load.ts'
import { DbsvcError, reasonOf } from '../core/errors/error.ts'
import { requireAuthorities } from '../engines/authorities.ts'
import { readExcessRights } from '../engines/postgres/excess-rights.ts'
import { addConfigRoutes } from './coordination/config-routes.ts'
import { addRegistryRoutes } from './coordination/registry-routes.ts'
import { openHealth } from './health/open-health.ts'
import { addHealthRoutes } from './health/routes.ts'
import { createHttpApp } from './http/app.ts'
import { createAddressOf } from './listen/client-address.ts'
import type { Handler } from './listen/handler.ts'
import { createListener } from './listen/open-listener.ts'
import { renewTls } from './listen/renew-tls.ts'
import { readTls } from './listen/tls.ts'
import { type Logger, logAuthenticationFailure, logFailedAttempt, logFault, openLog } from './log.ts'
import { answerBadHttp, createRefuseHttp } from './observe/bad-http.ts'
import { logRequest } from './observe/log-request.ts'
import { createMetrics } from './observe/metrics.ts'
import { createObserver } from './observe/observer.ts'
import { addMetricsRoute } from './observe/routes.ts'
import { addOpenApiRoute } from './openapi/routes.ts'
import { openRouter } from './router.ts'
import { besides, createRpcDoor } from './rpc/door.ts'
import { openTracer } from './trace/open-tracer.ts'
import { refuseUnseparated } from './unseparated.ts'

export interface ServedAt {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

export interface ServeOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Stops the server: requests under way are finished first. */
  readonly signal: AbortSignal
  readonly onReady: (address: ServedAt) => void
}

/** Serves until the signal aborts. @throws DBS-2002 and what connecting throws */
export async function serve(loaded: LoadedConfig, { host, port, signal, onReady }: ServeOptions): Promise<void> {
  const { tls: settings, http, stop } = loaded.config.server
  const tls = await readTls(settings)
  // They would be read with the first request to each.
  await requireAuthorities(loaded.config)
  await withSession(await asRouter(loaded), 'serve', (session) =>
    withContextPool(session, async (pool) => {
      const log = openLog(loaded.config.server.log.level)
      await refuseExcessRights(session, log)
      await refuseUnseparated(session, log)
      const metrics = createMetrics({
        pool: () => pool.counts(),
        engines: () => health.engines(),
        isolated: () => health.isolated(),
        router: () => router.figures(),
      })
      const observer = createObserver((request) => {
        metrics.count(request)
        logRequest(log, request)
      }, metrics.countPage)
      const tracer = await openTracer(loaded.config.server.tracing)
      const router = await openRouter(session, pool, {
        observer,
        tracer,
        onFailedAttempt: (attempt) => logFailedAttempt(log, attempt),
        onAuthenticationFailure: (failure) => logAuthenticationFailure(log, failure),
      })
      const health = openHealth(session, pool, observer, log)
      const onFault = (error: unknown, requestId: string): void => logFault(log, error, requestId)
      const door = { onFault, addressOf: createAddressOf(http.trustedProxies), bodyBytes: http.bodyBytes }
      const rpc = createRpcDoor(router, { ...door, unreadiness: () => health.unreadiness(), stopping: signal })
      const listener = createListener(tls, settings.clientCertificate, http, createRefuseHttp(observer))
      const renewal = tls === null ? null : renewTls(settings, tls, listener, log)
      const listen = (json: Handler): Server => answerBadHttp(listener.create(besides(rpc, json)), observer)
      const app = createHttpApp(router, { ...door, listener: (json) => listen(json as Handler) })
      addHealthRoutes(app, health)
      addMetricsRoute(app, metrics)
      addOpenApiRoute(app)
      addConfigRoutes(app, router, router.operations)
      addRegistryRoutes(app, router, router.registry)
      try {
        await app.listen({ host, port }).catch((error: unknown) => {
          throw DbsvcError.of('DBS-2002', { host, port, reason: reasonOf(error) }, error)
        })
        onReady({ scheme: tls === null ? 'http' : 'https', host, port: (app.server.address() as AddressInfo).port })
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        health.stopping()
        await delay(stop.drainMs)
      } finally {
        renewal?.stop()
        await Promise.all([listener.stop(stop.graceMs), app.close()])
        await health.close()
        await router.close()
        await tracer.close()
      }
    }),
  )
}

/** A router that could do more than serve would be worth stealing. @throws DBS-1607 */
async function refuseExcessRights({ client, loaded }: Session, log: Logger): Promise<void> {
  for (const excess of await readExcessRights(client)) {
    if (!loaded.config.server.allowExcessRights) throw DbsvcError.of('DBS-1607', excess)
    log.warn(excess, 'a login that serves can do more than it needs')
  }
}
