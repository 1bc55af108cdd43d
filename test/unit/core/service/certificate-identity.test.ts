import { expect, test } from 'vitest'
import { identitiesOf, isCertificateIdentity } from '../../../../src/core/service/certificate-identity.ts'

test('the names of a certificate that can name a service', () => {
  expect(
    identitiesOf('URI:spiffe://example.org/ns/prod/billing, DNS:Billing.example.org, IP Address:10.0.0.1'),
  ).toEqual(['spiffe://example.org/ns/prod/billing', 'dns:billing.example.org'])
  expect(identitiesOf('')).toEqual([])
})

test.each([
  // Node quotes a name with a comma, which would else read as two.
  'DNS:"x, DNS:billing.example.org"',
  'DNS:"x\\", DNS:billing.example.org"',
  'URI:"spiffe://example.org/a, URI:spiffe://example.org/billing"',
  'email:spiffe://example.org/billing, othername:<unsupported>',
  'DNS:*.example.org',
  'URI:https://example.org/billing',
])('%s names none', (names) => {
  expect(identitiesOf(names)).toEqual([])
})

test.each([
  'spiffe://example.org',
  'spiffe://example.org/',
  'spiffe://Example.org/a',
  'spiffe://example.org/a/../b',
  'spiffe://example.org/a?b',
  'spiffe://user@example.org/a',
  'spiffe://example.org:1/a',
  'dns:',
  'dns:-a',
  'dns:a..b',
  'dns:*.b',
  `dns:${'a'.repeat(254)}`,
])('%s is no identity', (text) => {
  expect(isCertificateIdentity(text)).toBe(false)
})
