import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Of localhost, signed by itself, for tests alone.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjVfO55tKNqCk7e0X
93qJQq3u/ItsjdEJ7duQEw3R38OhRANCAAQ7HuxI/4mObhQnKMAM0RUgRKob0MD5
HRV8MX2VKlDOVzEf3bX12DxBLZy9kTccdrt01mRUJFmN6grIgyP6BjcT
-----END PRIVATE KEY-----
`
const certificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUNV7MuYBef0Kjf09NbQ0ghIdrcZEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE5MDQ1NloYDzIxMjYxMDI4
MTkwNDU2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ7HuxI/4mObhQnKMAM0RUgRKob0MD5HRV8MX2VKlDOVzEf3bX12DxB
LZy9kTccdrt01mRUJFmN6grIgyP6BjcTo28wbTAdBgNVHQ4EFgQUVzoLQjEpXV0C
NVSKI0zuvd0Zt+8wHwYDVR0jBBgwFoAUVzoLQjEpXV0CNVSKI0zuvd0Zt+8wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgOgngEty6V1UdyfGaBZs6uEnSTa9SLeg5jOaeewXLEEoCICnI
xUnsxh270Mr8nhYgcbLZn4xWSrGtmWGz0vVvbUZs
-----END CERTIFICATE-----
`

/** What a redis-server is started with to speak TLS on this port; the words name files in a folder of their own. */
export async function tlsOn(port: number): Promise<{ words: readonly string[]; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cachesmith-tls-'))
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  await Promise.all([writeFile(keyFile, key), writeFile(file, certificate)])
  const files = ['--tls-key-file', keyFile, '--tls-cert-file', file, '--tls-ca-cert-file', file]
  return {
    words: ['--tls-port', String(port), '--tls-auth-clients', 'no', ...files],
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
