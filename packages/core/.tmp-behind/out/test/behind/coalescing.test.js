import { expect } from 'chai';
import { gate, rig } from './rig.js';
describe('write-behind: coalescing', () => {
    it('waits a window, then sends the last write per key', async () => {
        const { clock, sink, submit, counts, writes, done, log } = rig();
        await submit('a', 1);
        await submit('a', 2);
        await submit('b', 3);
        await clock.advance(999);
        expect(sink.calls).to.have.length(0);
        expect(writes.pending()).to.equal(3);
        await clock.advance(1);
        expect(sink.args).to.deep.equal([[2], [3]]);
        expect([counts('write-enqueued'), counts('write-coalesced'), counts('write-done')]).to.deep.equal([2, 1, 2]);
        expect(done).to.deep.equal(['a', 'b']);
        expect(writes.pending()).to.equal(0);
        expect(await log.pending()).to.deep.equal([]);
        expect(clock.timers).to.equal(0);
    });
    it('folds with merge, and the id is that of the first write', async () => {
        const { clock, sink, submit, events } = rig({}, { merge: ([a], [b]) => [a + b] });
        for (const n of [1, 2, 3])
            await submit('a', n);
        await clock.advance(1000);
        expect(sink.args).to.deep.equal([[6]]);
        const first = events.find((event) => event.type === 'write-enqueued');
        expect(sink.calls[0]?.ids).to.deep.equal([first?.type === 'write-enqueued' && first.id]);
    });
    it('keeps each with coalesce: false, in order, several of one key in one batch', async () => {
        const single = rig({}, { coalesce: false });
        for (const n of [1, 2, 3])
            await single.submit('a', n);
        await single.clock.advance(1000);
        expect(single.sink.args).to.deep.equal([[1], [2], [3]]);
        const { clock, sink, submit, operation, writes } = rig();
        const many = operation({ coalesce: false, sink });
        for (const n of [1, 2, 3])
            await writes.submit(many, 'a', ['a'], [n]);
        await clock.advance(1000);
        expect(sink.calls.map((call) => call.args)).to.deep.equal([[[1], [2], [3]]]);
        void submit;
    });
    it('joins neighbours of one method only: save, remove, save stay three', async () => {
        const { clock, sink, writes, operation } = rig();
        const save = operation();
        const remove = operation({ name: 'Users.remove' });
        await writes.submit(save, 'a', ['a'], ['s1']);
        await writes.submit(save, 'a', ['a'], ['s2']);
        await writes.submit(remove, 'a', ['a'], ['r']);
        await writes.submit(save, 'a', ['a'], ['s3']);
        await clock.advance(2000);
        expect(sink.args).to.deep.equal([['s2'], ['r'], ['s3']]);
    });
    it('W7 a write that comes while an older one is drained stays pending', async () => {
        const { clock, sink, submit, writes } = rig();
        const door = gate();
        sink.hold = door.promise;
        await submit('a', 1);
        await clock.advance(1000);
        expect(sink.running).to.equal(1);
        await submit('a', 2);
        await clock.advance(5000);
        expect(sink.calls).to.have.length(1);
        sink.hold = undefined;
        door.open();
        await clock.advance(0);
        expect(sink.args).to.deep.equal([[1], [2]]);
        expect(sink.calls[0]?.ids[0]).not.to.equal(sink.calls[1]?.ids[0]);
        expect(writes.pending()).to.equal(0);
    });
    it('what a caller mutates after the call does not reach the sink', async () => {
        const { clock, sink, submit } = rig();
        const user = { name: 'x' };
        await submit('a', user);
        user.name = 'changed';
        await clock.advance(1000);
        expect(sink.args).to.deep.equal([[{ name: 'x' }]]);
    });
    it('a merge that throws leaves the writes apart', async () => {
        const { clock, sink, submit, writes } = rig({}, {
            merge: () => {
                throw 'no';
            },
        });
        for (const n of [1, 2, 3])
            await submit('a', n);
        await clock.advance(1000);
        expect(sink.args).to.deep.equal([[1], [2], [3]]);
        expect(writes.pending()).to.equal(0);
    });
    it('P10 10,000 updates over 100 keys in a window: 100 rows', async () => {
        const { clock, sink, submit } = rig({ maxPending: 20_000 });
        await Promise.all(Array.from({ length: 10_000 }, (_, n) => submit(`k${n % 100}`, n)));
        await clock.advance(1000);
        expect(sink.args).to.have.length(100);
        expect(sink.widest).to.equal(4);
    });
});
//# sourceMappingURL=coalescing.test.js.map