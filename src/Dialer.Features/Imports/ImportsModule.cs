using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Imports;

/// <summary>Files in: placements, updates, payments, recalls and stops, with a verdict for every row.</summary>
public static class ImportsModule
{
    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddOptions<ImportsOptions>().BindConfiguration("Dialer:Imports").ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<ImportFile>().AddSingleton<UndoImport>();
    }

    public static void MapImports(this IEndpointRouteBuilder routes)
    {
        ReceiveImport.Map(routes);
        ReadImports.Map(routes);
        PreviewImport.Map(routes);
        UndoImport.Map(routes);
        ImportMap.Map(routes);
    }
}
