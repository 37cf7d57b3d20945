using Dialer.Core.Experiments;
using Dialer.Core.Recycling;

namespace Dialer.Features.Campaigns;

/// <summary>The experiment that runs on a campaign, as dialling needs it: which strategy a person gets.</summary>
public sealed partial record RunningExperiment(long Id, RunExperiment.Strategy A, RunExperiment.Strategy B)
{
    public Cadence? CadenceOf(long person) => StrategyOf(person).Cadence;

    public long? PoolOf(long person) => StrategyOf(person).CallerIdPoolId;

    private RunExperiment.Strategy StrategyOf(long person) => Arms.Of(Id, person) == Arm.A ? A : B;
}
