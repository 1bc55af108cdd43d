/** `spiffe://example.org/billing`, or `dns:billing.example.org`. */
export type CertificateIdentity = string

// SPIFFE-ID 1.0: a trust domain in lower case, and segments of letters, digits and . - _ that are neither . nor ..
const spiffe = /^spiffe:\/\/[a-z0-9._-]{1,255}(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)+$/
const dns = /^dns:(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/

/** Whether it can name a service. */
export const isCertificateIdentity = (text: string): boolean =>
  text.length <= 2_048 && (spiffe.test(text) || dns.test(text))

/**
 * The names of a certificate that can name a service.
 * @param subjectAltName as Node writes it: `URI:spiffe://example.org/billing, DNS:billing`; what could be taken for two names is quoted there, and is none
 */
export function identitiesOf(subjectAltName: string): CertificateIdentity[] {
  const names = [...subjectAltName.matchAll(/(?:^|, )(URI|DNS):("(?:[^"\\]|\\.)*"|[^,]*)(?=$|, )/g)]
  return names
    .map(([, kind, name = '']) => (kind === 'URI' ? name : `dns:${name.toLowerCase()}`))
    .filter(isCertificateIdentity)
}
