namespace Dialer.Storage.Postgres;

/// <summary>
/// Lets the statements that follow, to the end of the transaction (or of the batch that has none), run by the plan they were prepared with. By itself PostgreSQL weighs for each run whether
/// to plan anew for the values at hand; for a join of ten tables that goes by keys and instants, planning cost more than running it and found the same plan.
/// </summary>
/// <remarks>Not for a statement whose best plan depends on its values: a filter that may be absent, a span of days that may be a year.</remarks>
public static class KeptPlans
{
    /// <summary>Answers one row, to be skipped.</summary>
    public const string Sql = "select set_config('plan_cache_mode', 'force_generic_plan', true)";
}
