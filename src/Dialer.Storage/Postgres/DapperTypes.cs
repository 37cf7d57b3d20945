using System.Data;
using Dapper;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Dialer.Storage.Postgres;

/// <summary>How Core's values cross into SQL: <see cref="Instant"/> is <c>timestamptz</c>, <see cref="LocalDate"/> is <c>date</c>; an array of <see cref="Instant"/>s, which may be null, is <c>timestamptz[]</c>.</summary>
internal static class DapperTypes
{
    private static readonly Lock Gate = new();
    private static bool _registered;

    public static void Register()
    {
        lock (Gate)
        {
            if (_registered)
                return;
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.AddTypeHandler(new InstantHandler());
            SqlMapper.AddTypeHandler(new LocalDateHandler());
            SqlMapper.AddTypeHandler(new InstantsHandler());
            _registered = true;
        }
    }

    private sealed class InstantHandler : SqlMapper.TypeHandler<Instant>
    {
        public override Instant Parse(object value) => Instant.FromDateTimeUtc(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public override void SetValue(IDbDataParameter parameter, Instant value)
        {
            parameter.Value = value.ToDateTimeUtc();
            if (parameter is NpgsqlParameter npgsql)
                npgsql.NpgsqlDbType = NpgsqlDbType.TimestampTz;
        }
    }

    private sealed class InstantsHandler : SqlMapper.TypeHandler<Instant?[]>
    {
        public override Instant?[] Parse(object value) => throw new NotSupportedException("Arrays of instants are written, not read.");

        public override void SetValue(IDbDataParameter parameter, Instant?[]? value)
        {
            parameter.Value = value?.Select(instant => instant?.ToDateTimeUtc()).ToArray();
            if (parameter is NpgsqlParameter npgsql)
                npgsql.NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;
        }
    }

    private sealed class LocalDateHandler : SqlMapper.TypeHandler<LocalDate>
    {
        public override LocalDate Parse(object value) =>
            value is DateOnly date ? LocalDate.FromDateOnly(date) : LocalDate.FromDateTime((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, LocalDate value)
        {
            parameter.Value = value.ToDateOnly();
            if (parameter is NpgsqlParameter npgsql)
                npgsql.NpgsqlDbType = NpgsqlDbType.Date;
        }
    }
}
