import { CacheConfigError, CacheError, CacheValueError, StoreError } from '#core/kernel/errors.js'
import { expect } from 'chai'

describe('errors', () => {
  it('bear their own name and code', () => {
    const error = new StoreError('the store did not answer')
    expect(error).to.be.instanceOf(CacheError).and.instanceOf(Error)
    expect(error.name).to.equal('StoreError')
    expect(error.code).to.equal('STORE')
  })

  it('keep the cause as the same object', () => {
    const cause = new Error('no such file')
    expect(new CacheConfigError('cannot open the store', { cause }).cause).to.equal(cause)
  })

  it('name the part of a value that a store could not keep', () => {
    expect(new CacheValueError('a socket cannot be stored', 'value.user.socket').path).to.equal('value.user.socket')
  })
})
