using Dapper;
using Npgsql;

namespace Dialer.Features.Campaigns;

public sealed partial record RunningExperiment
{
    /// <summary>Null: none runs, and the campaign's own strategy holds for everybody.</summary>
    public static async Task<RunningExperiment?> OfAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long campaignId, CancellationToken cancel)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Stored>(new CommandDefinition(
            "select experiment_id, arm_a::text as arm_a, arm_b::text as arm_b from experiment where campaign_id = @campaignId and state = 'Running'", new { campaignId }, transaction, cancellationToken: cancel));
        return row is null ? null : new RunningExperiment(row.ExperimentId, RunExperiment.Read(row.ArmA), RunExperiment.Read(row.ArmB));
    }

    private sealed class Stored
    {
        public long ExperimentId { get; init; }

        public string ArmA { get; init; } = "";

        public string ArmB { get; init; } = "";
    }
}
