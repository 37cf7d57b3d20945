using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Recordings;

/// <summary>Recordings of calls: fetched, encrypted, found, listened to, destroyed when their time has run.</summary>
public static class RecordingsModule
{
    public static IServiceCollection AddRecordings(this IServiceCollection services)
    {
        services.AddOptions<RecordingsOptions>().BindConfiguration("Dialer:Recordings").ValidateDataAnnotations()
            .Validate(options => options.KeyIsUsable, "Dialer:Recordings:Key must be 32 bytes in base64, or empty.").ValidateOnStart();
        services.AddSingleton<RecordingCipher>().AddSingleton<RecordingStore>().AddSingleton<ListenRecording>().AddSingleton<PurgeRecordings>().AddSingleton<FetchRecordings>();
        return services.AddHostedService(provider => provider.GetRequiredService<FetchRecordings>());
    }

    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        ReadRecordings.Map(routes);
        ListenRecording.Map(routes);
        PurgeRecordings.Map(routes);
    }
}
