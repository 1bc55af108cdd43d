import { subscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { root, trackedFiles } from './repository.ts'

type AddRoutes = (app: FastifyInstance, ...parts: readonly unknown[]) => void

/**
 * What the front doors of HTTP answer, such as `GET /v1/config/{config_key}`, as they tell fastify themselves. Nothing is opened and no
 * handler runs, so what handlers need is stood in for.
 */
export async function httpRoutes(): Promise<Set<string>> {
  const routes = new Set<string>()
  const note = ({ method, url }: { readonly method: string | string[]; readonly url: string }): void => {
    // fastify answers HEAD by itself wherever it answers GET.
    for (const verb of [method].flat().filter((verb) => verb !== 'HEAD')) {
      routes.add(`${verb} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
    }
  }
  subscribe('fastify.initialization', (message) => {
    ;(message as { readonly fastify: FastifyInstance }).fastify.addHook('onRoute', note)
  })
  const { createHttpApp } = await import('../../src/server/http/app.ts')
  await createHttpApp(anything(), {
    onFault: () => {},
    listener: (handler) => createServer(handler),
    addressOf: () => '127.0.0.1',
    bodyBytes: 1_024,
  }).ready()
  for (const add of await routeAdders()) {
    const app = fastify()
    add(app, anything(), anything(), anything())
    await app.ready()
  }
  return routes
}

/** Every function that is exported as `add…Route` or `add…Routes`. */
async function routeAdders(): Promise<readonly AddRoutes[]> {
  const files = (await trackedFiles()).filter((path) => /^src\/server\/(?!contract\/).*\.ts$/.test(path))
  const modules = await Promise.all(files.map((path) => import(join(root, path)) as Promise<Record<string, unknown>>))
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (/^add\w+Routes?$/.test(name) ? [value as AddRoutes] : [])),
  )
}

/** Has every property and every method; the `name` of one is the word it is reached by. */
function anything<Part>(word = ''): Part {
  const get = (_target: unknown, key: string | symbol): unknown => {
    if (key === 'name') return word
    // Neither text nor a promise.
    return typeof key === 'symbol' || key === 'then' ? undefined : anything(key)
  }
  return new Proxy(() => {}, { get, apply: () => anything() }) as Part
}
