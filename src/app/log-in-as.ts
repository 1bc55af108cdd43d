import type { LoadedConfig } from '../config/load.ts'
import { DbsvcError } from '../core/errors/error.ts'
import { type Login, observerLogin, readPassword, routerLogin } from '../engines/postgres/logins.ts'
import { locateProject } from './project.ts'

/** The configuration with the login that serves in place of the user that migrates. @throws DBS-1606 */
export async function asRouter(loaded: LoadedConfig): Promise<LoadedConfig> {
  const password = await passwordOf(loaded, routerLogin)
  if (password === null) {
    throw DbsvcError.of('DBS-1606', {
      role: routerLogin.role,
      setting: `postgres.${routerLogin.setting}`,
      directory: locateProject(loaded).secrets,
    })
  }
  const { postgres } = loaded.config
  return { ...loaded, config: { ...loaded.config, postgres: { ...postgres, user: routerLogin.role, password } } }
}

/** The configuration with the password of dbsvc_observer, where that is the configured user and has none of its own. */
export async function withObserverPassword(loaded: LoadedConfig): Promise<LoadedConfig> {
  const { postgres } = loaded.config
  if (postgres.user !== observerLogin.role || postgres.password !== undefined) return loaded
  const password = (await passwordOf(loaded, observerLogin)) ?? undefined
  return { ...loaded, config: { ...loaded.config, postgres: { ...postgres, password } } }
}

const passwordOf = (loaded: LoadedConfig, login: Login): Promise<string | null> =>
  readPassword(locateProject(loaded).secretStore, login, loaded.config.postgres)
