import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** Configuration of companies and the registry of services. */
export const coordinationErrors = {
  'DBS-2501': define<{ key: string; company: string }>({
    exit: ExitCode.NotFound,
    summary: 'A company has no configuration under a key.',
    message: ({ key, company }) => `company ${company} has no configuration ${key}`,
  }),
  'DBS-2502': define<{ service: string }>({
    exit: ExitCode.NotFound,
    summary: 'A service is not in the registry.',
    message: ({ service }) => `service ${service} is not registered`,
    hint: () =>
      'it registers itself by POST /v1/registry/services; one that is silent too long is found with include_expired alone',
  }),
  'DBS-2503': define<{ caller: string; service: string }>({
    exit: ExitCode.Refused,
    summary: 'A service wants to speak for another one in the registry.',
    message: ({ caller, service }) => `${caller} may not speak for ${service} in the registry`,
    hint: () => 'each service registers, keeps alive and removes itself, by a key of its own',
  }),
}
