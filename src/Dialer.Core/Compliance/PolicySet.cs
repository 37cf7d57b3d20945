using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dialer.Core.Compliance.Rules;

namespace Dialer.Core.Compliance;

/// <summary>Every rule in force, compiled from packs of rows. Immutable; swap the whole set to change one row.</summary>
public sealed class PolicySet
{
    private static readonly string[] ShippedPacks = ["house", "us-federal", "us-states", "us-cities", "canada", "uk"];

    private readonly FrozenDictionary<string, JurisdictionRules> _rules;

    private readonly FrozenDictionary<string, PolicyRow> _byId;

    private PolicySet(ImmutableArray<PolicyPack> packs, FrozenDictionary<string, JurisdictionRules> rules, FrozenDictionary<string, ImmutableArray<PaymentRule>> payments)
    {
        Packs = packs;
        _rules = rules;
        House = rules.GetValueOrDefault("HOUSE");
        Payments = payments;
        _byId = packs.SelectMany(pack => pack.Rows).ToFrozenDictionary(row => row.Id);
        Version = string.Join(' ', packs.Select(pack => $"{pack.Pack}@{pack.Version}"));
        Digest = DigestOf(packs);
    }

    public ImmutableArray<PolicyPack> Packs { get; }

    /// <summary>"US-FED@1 HOUSE@3 ...": goes into every decision.</summary>
    public string Version { get; }

    /// <summary>SHA-256 of all rows, hex: two sets with one digest decide alike.</summary>
    public string Digest { get; }

    public PolicyRow? FindRow(string id) => _byId.GetValueOrDefault(id);

    public IEnumerable<PolicyRow> Rows => Packs.SelectMany(pack => pack.Rows);

    /// <summary>The house's own rows, which concern every contact.</summary>
    internal JurisdictionRules? House { get; }

    internal FrozenDictionary<string, ImmutableArray<PaymentRule>> Payments { get; }

    /// <summary>The packs this build ships with: the house's policy, US federal, state and city law, Canada, the United Kingdom.</summary>
    public static PolicySet Shipped { get; } = Create(ShippedPacks.Select(ReadShipped));

    /// <exception cref="PolicyException">Lists every row that may not ship, and why.</exception>
    public static PolicySet Create(IEnumerable<PolicyPack> packs)
    {
        var list = packs.ToImmutableArray();
        var errors = PolicyValidation.Errors(list);
        if (errors.Count > 0)
            throw new PolicyException(errors);
        var enabled = list.SelectMany(pack => pack.Rows).Where(row => row.Enabled).ToList();
        return new PolicySet(
            list,
            enabled.Where(row => row.Kind is not (RuleKind.Abandon or RuleKind.Payment)).GroupBy(row => row.Jur).ToFrozenDictionary(
                group => group.Key,
                group => new JurisdictionRules(
                    [.. group.Where(row => row.Kind != RuleKind.Condition).Select(RuleFactory.Build)],
                    [.. group.Where(row => row.Kind == RuleKind.Condition).Select(row => new ConditionRow(row))])),
            enabled.Where(row => row.Kind == RuleKind.Payment).GroupBy(row => row.Jur)
                .ToFrozenDictionary(group => group.Key, group => group.Select(row => new PaymentRule(row)).ToImmutableArray()));
    }

    /// <summary>Reads one pack from its JSON text. Members nobody knows are an error: a misspelt limit must not be no limit.</summary>
    /// <exception cref="PolicyException">The text is not a pack.</exception>
    public static PolicyPack Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<PolicyPack>(json, PolicyJson.Options) ?? throw new PolicyException(["The pack is empty."]);
        }
        catch (JsonException problem)
        {
            throw new PolicyException([$"Not a policy pack: {problem.Message}"]);
        }
    }

    /// <exception cref="PolicyException">The text is not a row.</exception>
    public static PolicyRow ReadRow(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<PolicyRow>(json, PolicyJson.Options) ?? throw new PolicyException(["The row is empty."]);
        }
        catch (JsonException problem)
        {
            throw new PolicyException([$"Not a policy row: {problem.Message}"]);
        }
    }

    public static string Write(PolicyRow row) => JsonSerializer.Serialize(row, PolicyJson.Options);

    /// <summary>This set with the given packs in place of those of the same name, or added.</summary>
    public PolicySet With(params IEnumerable<PolicyPack> packs)
    {
        var replacing = packs.ToDictionary(pack => pack.Pack);
        var kept = Packs.Select(pack => replacing.Remove(pack.Pack, out var other) ? other : pack).ToList();
        return Create(kept.Concat(replacing.Values));
    }

    /// <summary>This set with one row changed, added (to its jurisdiction's pack, else the last) or, when <paramref name="row"/> is disabled, switched off; the pack's version becomes <paramref name="version"/>.</summary>
    public PolicySet WithRow(PolicyRow row, string pack, string version)
    {
        var target = Packs.FirstOrDefault(p => p.Pack == pack) ?? new PolicyPack { Pack = pack, Version = version, Rows = [] };
        var rows = target.Rows.Any(r => r.Id == row.Id) ? target.Rows.Select(r => r.Id == row.Id ? row : r).ToImmutableArray() : target.Rows.Add(row);
        return With(target with { Version = version, Rows = rows });
    }

    internal JurisdictionRules? RulesOf(string jurisdiction) => _rules.GetValueOrDefault(jurisdiction);

    private static PolicyPack ReadShipped(string name)
    {
        using var stream = typeof(PolicySet).Assembly.GetManifestResourceStream($"Dialer.Core.Compliance.packs.{name}.json")
            ?? throw new InvalidOperationException($"The policy pack {name} is missing from this build.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Read(reader.ReadToEnd());
    }

    private static string DigestOf(ImmutableArray<PolicyPack> packs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in packs.SelectMany(pack => pack.Rows).OrderBy(row => row.Id, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes(Write(row)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>The policy may not be used. <see cref="Errors"/> names every row and what is wrong with it.</summary>
public sealed class PolicyException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors => errors;
}
