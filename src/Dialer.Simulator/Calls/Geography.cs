using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Calls;

/// <summary>City, state, ZIP and country of a number as Twilio adds them; what is not known is sent empty.</summary>
public static class Geography
{
    public static void AddTo(Form fields, string name, string alias, string number)
    {
        if (!number.StartsWith('+'))
            return;
        var (state, country) = AreaCodes.Place(number);
        foreach (var prefix in (ReadOnlySpan<string>)[name, alias])
        {
            fields.Add(prefix + "City", string.Empty)
                .Add(prefix + "State", state)
                .Add(prefix + "Zip", string.Empty)
                .Add(prefix + "Country", country);
        }
    }
}
