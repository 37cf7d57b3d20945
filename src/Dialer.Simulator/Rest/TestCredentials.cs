using System.Text.Json.Nodes;
using Dialer.Simulator.Engine;

namespace Dialer.Simulator.Rest;

/// <summary>What test credentials answer: magic numbers only, nothing is ever dialled.</summary>
/// <remarks>https://www.twilio.com/docs/iam/test-credentials</remarks>
internal static class TestCredentials
{
    public static RestReply Answer(RestRequest request, string[] parts, NetworkOptions options)
    {
        if (parts is not ["Accounts", var account, var resource] || account != options.TestAccountSid || request.Method != "POST" || resource is not ("Calls" or "Messages" or "IncomingPhoneNumbers"))
            return RestReply.Error(403, 20008, "Resource not accessible with Test Account Credentials");
        if (resource == "IncomingPhoneNumbers")
            return request.Body["PhoneNumber"] switch
            {
                "+15005550006" => new RestReply(201, new JsonObject { ["sid"] = Sid("PN", request), ["phone_number"] = "+15005550006" }),
                "+15005550000" => RestReply.Error(400, 21422, "The phone number is not available"),
                _ => RestReply.Error(400, 21421, "The phone number is invalid"),
            };
        if (request.Body["From"] is var from && from != "+15005550006")
            return from == "+15005550001" ? RestReply.Error(400, 21212, $"The 'From' number {from} is not a valid phone number.") : RestReply.Error(400, 21210, $"The source phone number provided, {from}, is not yet verified for your account.");
        return request.Body["To"] switch
        {
            "+15005550001" => RestReply.Error(400, resource == "Calls" ? 21217 : 21211, "The phone number does not appear to be valid."),
            "+15005550002" => RestReply.Error(400, resource == "Calls" ? 21214 : 21612, "The number cannot be reached."),
            "+15005550003" => RestReply.Error(400, resource == "Calls" ? 21215 : 21408, "Your account is not authorized to call this number."),
            "+15005550004" => RestReply.Error(400, resource == "Calls" ? 21216 : 21610, "The number is blocked."),
            "+15005550009" when resource == "Messages" => RestReply.Error(400, 21614, "The number is incapable of receiving SMS messages."),
            _ => new RestReply(201, new JsonObject { ["sid"] = Sid(resource == "Calls" ? "CA" : "SM", request), ["account_sid"] = account, ["status"] = "queued", ["to"] = request.Body["To"], ["from"] = from }),
        };
    }

    private static string Sid(string prefix, RestRequest request) => $"{prefix}{Chance.Hash(1, request.Body.Encode()):x16}{Chance.Hash(2, request.Body.Encode()):x16}";
}
