namespace Dialer.Storage.Postgres;

/// <summary>Lets callers who ask for the same kind of work at the same moment share it: one load, one write and one commit for all of them.</summary>
/// <remarks>
/// Nobody waits for company. Who finds nobody at work leads at once; the others gather meanwhile, and the first of them leads the next group. When a crowd has gathered behind one
/// group, another lane opens, so that one that is stuck does not hold up everybody. The leader does the group's work in his own flow and passes the lane on: there is no loop, no timer, and
/// nothing that a stop could leave behind. Every caller returns after his group's work has returned, which is after its commit. When a group's work throws, each member is done again
/// by itself, so that one member's fault is his own: the work must be atomic, and an item that was done already must be found done. No group has two items of one key.
/// </remarks>
public sealed class Grouped<TAsk, TAnswer>
{
    private readonly Func<IReadOnlyList<TAsk>, Task<IReadOnlyList<TAnswer>>> _work;
    private readonly Func<TAsk, long> _key;
    private readonly Action<int, Exception> _parted;
    private readonly int _most;
    private readonly int _crowd;
    private readonly int _lanes;
    private readonly Lock _gate = new();
    private readonly LinkedList<Member> _waiting = [];
    private int _busy;

    /// <param name="work">Does a group and gives its answers in the same order.</param>
    /// <param name="parted">Told how many members a group had whose work threw, and what it threw.</param>
    /// <param name="most">Members of a group, 1 or more.</param>
    /// <param name="crowd">How many wait before another lane opens, 1 or more.</param>
    /// <param name="lanes">Groups at work at the same time, 1 or more; each uses a connection.</param>
    public Grouped(Func<IReadOnlyList<TAsk>, Task<IReadOnlyList<TAnswer>>> work, Func<TAsk, long> key, Action<int, Exception> parted, int most = 64, int crowd = 8, int lanes = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(crowd, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        (_work, _key, _parted, _most, _crowd, _lanes) = (work, key, parted, most, crowd, lanes);
    }

    private enum Turn
    {
        Leads,
        Served,
        Alone,
    }

    public async Task<TAnswer> AskAsync(TAsk ask)
    {
        var member = new Member(ask);
        return await (Enter(member) ? Task.FromResult(Turn.Leads) : member.Called.Task) switch
        {
            Turn.Leads => await LeadAsync(member),
            Turn.Served => member.Answer!,
            _ => (await DoAsync([member]))[0],
        };
    }

    /// <summary>True when a lane is free or opens, which the member then has.</summary>
    private bool Enter(Member member)
    {
        lock (_gate)
        {
            if (_busy == 0 || (_busy < _lanes && _waiting.Count >= _crowd))
            {
                _busy++;
                return true;
            }

            _waiting.AddLast(member);
            return false;
        }
    }

    private async Task<TAnswer> LeadAsync(Member leader)
    {
        var group = Gather(leader);
        try
        {
            var answers = await DoAsync(group);
            for (var i = 1; i < group.Count; i++)
                group[i].Serve(answers[i]);
            return answers[0];
        }
        catch (Exception failure) when (group.Count > 1)
        {
            _parted(group.Count, failure);
            foreach (var follower in group.Skip(1))
                follower.Called.SetResult(Turn.Alone);
        }
        finally
        {
            PassOn();
        }

        return (await DoAsync([leader]))[0];
    }

    private List<Member> Gather(Member leader)
    {
        var group = new List<Member> { leader };
        var keys = new HashSet<long> { _key(leader.Ask) };
        lock (_gate)
        {
            for (var next = _waiting.First; next is not null && group.Count < _most;)
            {
                var (member, after) = (next.Value, next.Next);
                if (keys.Add(_key(member.Ask)))
                {
                    _waiting.Remove(next);
                    group.Add(member);
                }

                next = after;
            }
        }

        return group;
    }

    private void PassOn()
    {
        Member? next = null;
        lock (_gate)
        {
            if (_waiting.First is { } first)
            {
                next = first.Value;
                _waiting.Remove(first);
            }
            else
                _busy--;
        }

        next?.Called.SetResult(Turn.Leads);
    }

    private async Task<IReadOnlyList<TAnswer>> DoAsync(List<Member> group)
    {
        var answers = await _work([.. group.Select(member => member.Ask)]);
        return answers.Count == group.Count ? answers : throw new InvalidOperationException($"{group.Count} items were asked for and {answers.Count} answers were given.");
    }

    private sealed class Member(TAsk ask)
    {
        public TAsk Ask => ask;

        public TAnswer? Answer { get; private set; }

        public TaskCompletionSource<Turn> Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Serve(TAnswer answer)
        {
            Answer = answer;
            Called.SetResult(Turn.Served);
        }
    }
}
